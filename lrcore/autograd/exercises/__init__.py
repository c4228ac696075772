"""The exercises of the autograd lab: real tensors, a real backward, and the code that does it."""
