"""Mail (邮件): queued with what it tells of, sent beside the pages, never waited for."""
