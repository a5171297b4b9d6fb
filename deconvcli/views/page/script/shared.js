// What all of the page uses: its axes, and its elements by name.

const axes = settings.axes;
const find = id => document.getElementById(id);
