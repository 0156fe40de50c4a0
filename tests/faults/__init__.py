"""Bad luck on purpose: processes killed while they write, full and read-only disks."""
