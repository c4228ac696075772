// What Streamlit says of itself, on its outermost element; there is none in a recording.

/** Whether asking again is of no use: the script runs, and would only begin anew, or there is no connection. */
export function isAtWork() {
  const app = document.querySelector("[data-testid=stApp]");
  if (!app) return false;
  const { testScriptState, testConnectionState } = app.dataset;
  return testScriptState === "running" || testConnectionState !== "CONNECTED";
}
