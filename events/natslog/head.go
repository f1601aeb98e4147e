package natslog

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/kaohe/kaohe/events/durable"
)

// headName is the file that remembers, outside the store, which stream the log is and how far it reached. It is one line
// of fixed size:
//
//	kaohe-head 1 <creation of the stream, Unix ns> <last acknowledged sequence> <CRC-32C of the line before it>
//
// It is made durable when it is made, and overwritten in place after each commit, without fsync: the commit has had
// one, so that the file may lag behind the log after a power failure but never runs ahead of it.
const headName = "log.head"

const (
	headLine = "kaohe-head 1 %019d %020d "
	headSize = 63
)

var (
	errBadHead = errors.New("the file is not readable")
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// mark is what the file says.
type mark struct {
	created time.Time // identity of the stream
	seq     uint64    // everything up to here was acknowledged
}

func (m mark) appendTo(b []byte) []byte {
	b = fmt.Appendf(b, headLine, m.created.UnixNano(), m.seq)
	return fmt.Appendf(b, "%08x\n", crc32.Checksum(b, castagnoli))
}

func parseMark(b []byte) (m mark, err error) {
	var nano int64
	if _, err := fmt.Sscanf(string(b), headLine, &nano, &m.seq); err != nil {
		return mark{}, errBadHead
	}
	m.created = time.Unix(0, nano).UTC()
	if !bytes.Equal(m.appendTo(nil), b) {
		return mark{}, errBadHead
	}
	return m, nil
}

// readMark returns what the file in a directory says: fs.ErrNotExist if there is none, errBadHead if it says nothing.
func readMark(dir, name string) (mark, error) {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return mark{}, err
	}
	return parseMark(b)
}

// headFile is the file, open for writing.
type headFile struct {
	file *os.File

	mu   sync.Mutex
	mark mark           // guarded by mu
	buf  [headSize]byte // guarded by mu
}

// createHead makes the file anew, whole or not at all.
func createHead(dir, name string, m mark) error {
	name = filepath.Join(dir, name)
	f, err := os.OpenFile(name+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(m.appendTo(nil))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(name+".tmp", name); err != nil {
		return err
	}
	return durable.SyncDir(dir)
}

func openHead(dir, name string, m mark) (*headFile, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	return &headFile{file: f, mark: m}, nil
}

// advance notes that everything up to a sequence has been acknowledged. It never goes back: a repeated commit may be one
// of long ago.
func (h *headFile) advance(seq uint64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if seq <= h.mark.seq {
		return nil
	}
	next := mark{h.mark.created, seq}
	if _, err := h.file.WriteAt(next.appendTo(h.buf[:0]), 0); err != nil {
		return fmt.Errorf("note commit %d: %w", seq, err)
	}
	h.mark = next
	return nil
}

func (h *headFile) close() error { return h.file.Close() }

// openHead opens the file once the log is known to be whole, and makes it if there is none. What the server has recovered
// beyond it may still be on its way to the disk; the file must not get there first.
func (l *Log) openHead(f *finding) (err error) {
	info, err := l.stream.Info(l.life)
	if err != nil {
		return err
	}
	if err := f.survey.sync(f.mark.seq); err != nil {
		return err
	}
	if f.markErr != nil && f.existed {
		l.anew(headName, f.markErr, info.State.LastSeq)
	}
	return l.keepHead(headName, f.mark, f.markErr, info)
}

// anew tells that the file did not say what it should have said.
func (l *Log) anew(name string, reason error, seq uint64) {
	l.metrics.head.Inc()
	l.opts.Logger.Warn("head of the log is made anew", "file", name, "reason", reason, "sequence", seq)
}

// keepHead opens the file with a name, which said m unless there was an error, and has it say where the log ends.
func (l *Log) keepHead(name string, m mark, markErr error, info *jetstream.StreamInfo) (err error) {
	if markErr != nil {
		m = mark{info.Created, info.State.LastSeq}
		if err := createHead(l.opts.Dir, name, m); err != nil {
			return err
		}
	}
	if l.head, err = openHead(l.opts.Dir, name, m); err != nil {
		return err
	}
	return l.head.advance(info.State.LastSeq)
}

// note remembers that a commit was acknowledged. The commit is safe without it.
func (l *Log) note(seq uint64) {
	if err := l.head.advance(seq); err != nil {
		l.metrics.head.Inc()
		l.opts.Logger.Warn("head of the log lags behind", "error", err)
	}
}

// exists tells a file that says nothing from none at all.
func exists(markErr error) bool { return !errors.Is(markErr, fs.ErrNotExist) }
