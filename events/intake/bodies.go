package intake

import (
	"errors"
	"io"
	"sync"
)

// errCrowded says that the requests that are here already take all the room that there is for this one.
var errCrowded = errors.New("too many request bodies at once")

// eventCost is about what an event of a batch costs in memory beside its own bytes, in bytes: what becomes of it is kept
// until it is told. Three bytes of rubbish are enough for an event.
const eventCost = 1 << 10

// largest is what the largest request takes.
const largest = MaxBody + MaxBatch*eventCost

// bodies bounds what the requests that are here at once take of memory, from the time that their bodies arrive until they are
// answered. Nobody waits for room: a request that finds none is sent away.
//
// A sender may have as much room as is left for the others when it has it. So one alone has half, of many greedy ones each
// less, and however long they keep what they have there is some left for whoever comes next.
type bodies struct {
	limit int64

	mu   sync.Mutex
	held int64
	by   map[string]int64 // what each sender holds, by the name of its principal
}

// loan is what one request holds of it. Bytes are lent as they arrive and not as they are announced, so that a client
// that announces much and sends little keeps nobody out.
type loan struct {
	from  *bodies
	by    string
	bytes int64
}

// fits reports whether a sender may have so many more bytes. What it has it keeps, also when others have come since.
func (b *bodies) fits(by string, n int64) bool { return n <= 0 || b.by[by]+n <= b.limit-b.held-n }

// has reports whether there is room for so many more bytes now; it takes none.
func (l *loan) has(n int64) bool {
	l.from.mu.Lock()
	defer l.from.mu.Unlock()
	return l.from.fits(l.by, n)
}

func (l *loan) take(n int64) bool {
	l.from.mu.Lock()
	defer l.from.mu.Unlock()
	if !l.from.fits(l.by, n) {
		return false
	}
	l.from.add(l.by, n)
	l.bytes += n
	return true
}

func (l *loan) giveBack() {
	l.from.mu.Lock()
	defer l.from.mu.Unlock()
	l.from.add(l.by, -l.bytes)
	l.bytes = 0
}

func (b *bodies) add(by string, n int64) {
	b.held += n
	if b.by[by] += n; b.by[by] == 0 {
		delete(b.by, by)
	}
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
