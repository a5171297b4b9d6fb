"""`python -m deconvcli` is the command `deconv`."""

import os
import sys

if __name__ == "__main__":
    # Python looks in the current folder first, which may be anybody's: what lies there is data.
    if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:
        del sys.path[0]

    from deconvcli.common.children import package_folder

    if package_folder() not in sys.path:
        sys.path.append(package_folder())

    from deconvcli.cli.main import main

    main()
