"""What people read: one frame feeds a page, a chart and an export."""
