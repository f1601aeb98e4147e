package main

import (
	"context"
	"io"
	"os"

	"github.com/kaohe/kaohe/events/sheets"
)

// open opens the file. Of what can be read but once, from a pipe or a terminal, a copy is kept, which a report needs.
func (f *fileImport) open() (clean func(), err error) {
	nothing := func() {}
	info, err := os.Stat(f.name)
	if f.name != stdinName && (err != nil || info.Mode().IsRegular()) {
		f.path, f.before = f.name, info
		f.file, err = sheets.Open(f.name, f.options)
		return nothing, err
	}
	held, err := os.CreateTemp("", "kaohe-import-")
	if err != nil {
		return nothing, err
	}
	f.path = held.Name()
	clean = func() {
		held.Close()
		os.Remove(held.Name())
	}
	f.file, err = f.openStream(held)
	return clean, err
}

// openStream opens what can be read but once, and copies what is read. It waits for the first of it no longer than for the
// user, who may interrupt an import that waits for a pipe.
func (f *fileImport) openStream(held io.Writer) (*sheets.File, error) {
	type opened struct {
		file *sheets.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		from, err := f.stream()
		if err != nil {
			done <- opened{nil, err}
			return
		}
		file, err := sheets.OpenReader("", io.TeeReader(from, held), f.options)
		done <- opened{file, err}
	}()
	select {
	case o := <-done:
		return o.file, o.err
	case <-f.ctx.Done():
		return nil, context.Canceled
	}
}

// stream is what the file is read from where it can be read but once. It is never closed: somebody may be waiting for it.
func (f *fileImport) stream() (io.Reader, error) {
	if f.name == stdinName {
		return f.c.stdin, nil
	}
	return os.Open(f.name)
}

// piped reports whether the file can be read but once.
func (f *fileImport) piped() bool { return f.path != f.name }

// changed reports whether the file is another one than was opened, or was written to since. Its rows are then not those that
// a report would be about.
func (f *fileImport) changed() bool {
	if f.before == nil || f.piped() {
		return false
	}
	now, err := os.Stat(f.path)
	return err != nil || !os.SameFile(now, f.before) || now.Size() != f.before.Size() || !now.ModTime().Equal(f.before.ModTime())
}
