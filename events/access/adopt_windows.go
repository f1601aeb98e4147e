package access

import "os"

// adopt does nothing: files belong to whom their directory says.
func adopt(*os.File) error { return nil }
