"""Simulation studies: do the measures tell the truth where the truth is known?"""
