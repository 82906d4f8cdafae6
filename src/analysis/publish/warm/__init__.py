"""Warm kernels: a process that has everything loaded forks a kernel for each notebook.

Most of the time of a small report goes into starting Python and importing libraries. Here that is
done once, by `zygote`, which `process` starts and talks to. Each kernel is a fork of it: a real
process of its own that shares nothing back. `provisioner` is how Jupyter comes to it.
"""
