"""From notebooks to the site: which pages there are, executed and rendered."""
