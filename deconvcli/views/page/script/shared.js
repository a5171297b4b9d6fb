// Used by all scripts: the names of the axes, and the page's elements by id.

const axes = settings.axes;
const find = id => document.getElementById(id);
