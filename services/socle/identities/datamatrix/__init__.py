"""The INS datamatrix (ANS, « INS : format datamatrix » v2.2 of 26/09/2023; domain/insi.md §5)."""
