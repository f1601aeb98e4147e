package intake

import (
	"errors"
	"io"
	"sync/atomic"
)

// errCrowded says that the bodies of other requests take all the room there is for them.
var errCrowded = errors.New("too many request bodies at once")

// bodies bounds the bytes of the request bodies that are in memory at once, from the time they arrive until their request
// is answered. Nobody waits for room: a request that finds none is sent away.
type bodies struct {
	limit int64
	held  atomic.Int64
}

// loan is what one request holds of it. Bytes are lent as they arrive and not as they are announced, so that a client
// that announces much and sends little keeps nobody out.
type loan struct {
	from  *bodies
	bytes int64
}

// has reports whether there is room for so many more bytes now; it takes none.
func (l *loan) has(n int64) bool { return l.from.held.Load()+max(n, 0) <= l.from.limit }

func (l *loan) take(n int64) bool {
	if l.from.held.Add(n) > l.from.limit {
		l.from.held.Add(-n)
		return false
	}
	l.bytes += n
	return true
}

func (l *loan) giveBack() {
	l.from.held.Add(-l.bytes)
	l.bytes = 0
}

// metered reads a body as long as there is room for what comes.
type metered struct {
	io.Reader
	room *loan
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if !m.room.take(int64(n)) {
		return 0, errCrowded
	}
	return n, err
}
