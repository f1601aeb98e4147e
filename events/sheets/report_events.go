package sheets

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
)

// ReportEvents copies the lines of an NDJSON file that the remarks are about, as they are: each is an event to be put
// right.
func ReportEvents(w io.Writer, from io.Reader, remarks Remarks) error {
	next, stop := iter.Pull(remarks)
	defer stop()
	remark, ok := next()
	lines := bufio.NewReader(from)
	for number := 1; ok; number++ {
		out := io.Discard
		if number == remark.Number {
			out = w
		}
		err := copyLine(out, lines, number == 1)
		if number == remark.Number {
			remark, ok = next()
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// copyLine copies a line of any length, with a line feed at its end.
func copyLine(w io.Writer, from *bufio.Reader, first bool) error {
	last := byte('\n')
	for {
		part, err := from.ReadSlice('\n')
		if first {
			part, first = bytes.TrimPrefix(part, []byte("\ufeff")), false
		}
		if len(part) > 0 {
			last = part[len(part)-1]
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && last != '\n' {
			_, end := w.Write([]byte{'\n'})
			return errors.Join(err, end)
		}
		return err
	}
}
