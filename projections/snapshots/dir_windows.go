package snapshots

// syncDir has nothing to do: the file system keeps its names durable itself.
func syncDir(string) error { return nil }
