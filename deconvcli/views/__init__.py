"""How answers look: reports, explanations, pictures and the page."""
