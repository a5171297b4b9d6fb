"""`python -m deconvcli` is the command `deconv`."""

from deconvcli.cli.main import main

if __name__ == "__main__":
    main()
