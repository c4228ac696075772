"""Colours with one meaning each, from the colour-blind safe set of Okabe and Ito."""

CLASS_0 = "#0072B2"
CLASS_1 = "#D55E00"
TARGET = "#009E73"
GRADIENT = "#CC79A7"
LOSS = "#56B4E9"
ACCURACY = "#E69F00"
LEAF = "#F0E442"
