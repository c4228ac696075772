"""The page Autograd: exercises, each on one screen."""
