"""Statistics in a child process of their own: `python -m clubcrm.reports.analysis QUESTION`.

Only modules of this package import numpy, scipy, statsmodels and pandas, and nobody imports this
package: whoever has a question asks `clubcrm.reports.analyst`, so that web workers stay small.
"""
