package main

import (
	"errors"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
)

// reach sends what waits in the spool before anything else, and finds out whether the server is there.
func (im *importing) reach() error {
	if im.dryRun {
		return nil
	}
	if err := im.box.first(im.ctx); err != nil {
		return err
	}
	if im.box.away != nil {
		im.leave(im.box.away)
	}
	return nil
}

// leave takes the server to be away for good: all that follows is kept behind what was kept before.
func (im *importing) leave(why error) {
	if im.away.Swap(true) {
		return
	}
	im.box.away = why
	im.bar.clear()
	im.box.why()
}

// keep puts a batch that found no server into the spool, if there is one.
func (f *fileImport) keep(b *batch) error {
	var none unreachableError
	if f.box.spool == nil || f.dryRun || !errors.As(b.err, &none) && !errors.Is(b.err, errOffline) {
		return b.err
	}
	f.leave(b.err)
	entries := make([]spool.Entry, 0, b.events)
	for _, row := range b.rows {
		if row.Event == nil {
			continue
		}
		if !spooled(row.Type) {
			return f.box.notKept(row.Type)
		}
		entries = append(entries, spool.Entry{Event: row.Event})
	}
	_, err := f.box.keep(f.ctx, entries...)
	return err
}
