// The run to hear: the loss as pitch, and a click for each point that changes side. Off until it is asked for.

const [LOWEST, HIGHEST] = [80, 3520]; // Hz
const [USUAL_LOSS, USUAL_PITCH] = [0.1, 220];
const GLIDE = 0.03; // s that a pitch takes to come
const LOUDNESS = 0.12;
const MOST_CLICKS = 4; // of one frame: more are one noise

/** The pitch of a loss, in Hz: four times the loss is an octave more; one that is no number is the highest. */
export function pitchOf(loss) {
  if (!Number.isFinite(loss)) return HIGHEST;
  return Math.max(LOWEST, Math.min(HIGHEST, USUAL_PITCH * Math.sqrt(Math.max(loss, 0) / USUAL_LOSS)));
}

/** How many points are on another side of the boundary than before. */
export function flips(before, now) {
  return before?.length === now.length ? now.reduce((count, score, i) => count + ((score >= 0) !== (before[i] >= 0)), 0) : 0;
}

export class Sound {
  /** @param {typeof AudioContext} Context */
  constructor(Context = window.AudioContext) {
    Object.assign(this, { Context, isOn: false, before: null });
  }

  toggle() {
    this.isOn = Boolean(this.Context) && !this.isOn;
    if (this.isOn && !this.context) this.begin();
    if (this.isOn) this.context.resume();
    else this.hush();
    return this.isOn;
  }

  begin() {
    this.context = new this.Context();
    [this.tone, this.volume] = [this.context.createOscillator(), this.context.createGain()];
    this.tone.type = "triangle";
    this.volume.gain.value = 0;
    this.tone.connect(this.volume).connect(this.context.destination);
    this.tone.start();
  }

  /** @param {import("./protocol.js").Moment} moment */
  show({ measured, scores }, isMoving) {
    if (!this.isOn) return;
    const { context: { currentTime } } = this;
    if (!isMoving) this.hush();
    else if (measured) {
      this.tone.frequency.setTargetAtTime(pitchOf(measured[0]), currentTime, GLIDE);
      this.volume.gain.setTargetAtTime(LOUDNESS, currentTime, GLIDE);
    }
    const count = Math.min(MOST_CLICKS, flips(this.before, scores));
    for (let k = 0; k < count; k += 1) this.click(currentTime + k * 0.004);
    this.before = Float32Array.from(scores);
  }

  click(when) {
    const [tick, volume] = [this.context.createOscillator(), this.context.createGain()];
    tick.type = "square";
    tick.frequency.value = 1800;
    volume.gain.setValueAtTime(LOUDNESS, when);
    volume.gain.exponentialRampToValueAtTime(0.001, when + 0.012);
    tick.connect(volume).connect(this.context.destination);
    tick.start(when);
    tick.stop(when + 0.015);
  }

  hush() {
    if (this.context) this.volume.gain.setTargetAtTime(0, this.context.currentTime, GLIDE);
  }

  close() {
    this.context?.close();
  }
}
