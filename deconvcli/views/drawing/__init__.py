"""One layer as a picture: what each frame holds is data, made once; SVG and PNG only show it."""
