"""The autograd lab: exercises that each fit one screen."""
