package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"

	"github.com/kaohe/kaohe/events/sheets"
)

// remarks keeps what a report will say on disk, as all rows of a large file may be refused.
type remarks struct {
	file  *os.File
	out   *bufio.Writer
	enc   *json.Encoder
	count int
	err   error // the first one: the import goes on without a report
}

// kept is a remark with the event that it is about, where the file cannot give it again.
type keptRemark struct {
	sheets.Remark
	Event json.RawMessage `json:",omitempty"`
}

func (r *remarks) add(m sheets.Remark, event []byte) {
	if r.err == nil && r.file == nil {
		if r.file, r.err = os.CreateTemp("", "kaohe-import-"); r.err == nil {
			r.out = bufio.NewWriter(r.file)
			r.enc = json.NewEncoder(r.out)
		}
	}
	r.count++
	if r.err == nil {
		r.err = r.enc.Encode(keptRemark{m, event})
	}
}

// all returns what was added, in that order. What goes wrong on the way is left in err.
func (r *remarks) all() iter.Seq[keptRemark] {
	return func(yield func(keptRemark) bool) {
		if r.file == nil || r.err != nil {
			return
		}
		if r.err = r.out.Flush(); r.err != nil {
			return
		}
		if _, r.err = r.file.Seek(0, io.SeekStart); r.err != nil {
			return
		}
		for d := json.NewDecoder(bufio.NewReader(r.file)); ; {
			var m keptRemark
			if err := d.Decode(&m); err != nil {
				if !errors.Is(err, io.EOF) {
					r.err = err
				}
				return
			}
			if !yield(m) {
				return
			}
		}
	}
}

// only returns the remarks without the events.
func (r *remarks) only() sheets.Remarks {
	return func(yield func(sheets.Remark) bool) {
		for m := range r.all() {
			if !yield(m.Remark) {
				return
			}
		}
	}
}

func (r *remarks) close() {
	if r.file != nil {
		r.file.Close()
		os.Remove(r.file.Name())
	}
}
