"""The other half: the computational graph behind training. It works without a run."""
