"""What the pages say: a module for each subject, called by the notebooks."""
