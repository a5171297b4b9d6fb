"""One layer as a picture: the frames are data, built once; SVG and PNG only show them."""
