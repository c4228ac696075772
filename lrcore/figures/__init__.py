"""Arrays in, Plotly figures out: the only part of lrcore that draws with Plotly."""
