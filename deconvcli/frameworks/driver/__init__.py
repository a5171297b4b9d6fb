"""A framework in a process of its own: started, given layers, and compared with our predictions.

from deconvcli.frameworks.driver.verify import verify
from deconvcli.frameworks.installed import select_frameworks

verification = verify(select_frameworks(["torch"]).installed, layers=1000)
print(verification.disagreements)
"""
