// Package durable asks of the operating system what files need that must outlive a crash and belong to one process at a
// time: a lock that ends with the process, and names that stay in their directory.
package durable

import "errors"

// ErrHeld says that another process, or another open file of this one, has the lock.
var ErrHeld = errors.New("the lock is held")
