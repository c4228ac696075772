"""Colours with one meaning each, from the set of Okabe and Ito (2008), safe for colour-blind eyes."""

CLASS_0 = "#0072B2"
CLASS_1 = "#E69F00"
TARGET = "#009E73"
GRADIENT = "#CC79A7"
LOSS = "#56B4E9"
ACCURACY = "#009E73"
