package app

import (
	"sync"
	"time"
)

// saidPerSecond is how many lines about those who are turned away are logged in a second. They decide how many there are, so
// that the rest is only counted.
const saidPerSecond = 10

// calm bounds how much is said in a second.
type calm struct {
	now func() time.Time

	mu     sync.Mutex
	second time.Time
	n      int
	unsaid int
}

// down reports whether one more line may be logged, and how many were left out before it.
func (c *calm) down() (unsaid int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if second := c.now().Truncate(time.Second); !second.Equal(c.second) {
		c.second, c.n = second, 0
	}
	if c.n++; c.n > saidPerSecond {
		c.unsaid++
		return 0, false
	}
	unsaid, c.unsaid = c.unsaid, 0
	return unsaid, true
}
