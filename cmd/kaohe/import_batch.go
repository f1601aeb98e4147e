package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/sheets"
)

// Bounds of what is on its way at once. They bound the memory that an import takes, whatever the size of the file.
const (
	maxBatchEvents = 1000
	maxBatchBytes  = 8 << 20
	maxBatchRows   = 10_000 // with those that are no facts
	inFlight       = 3
)

// idle is how long a batch that is not full waits for the next row, when rows come from a program as things happen.
const idle = 300 * time.Millisecond

// source is a file that rows come from.
type source interface {
	Next() (*sheets.Row, error)
	Offset() int64
}

// batch is rows in the order of their file, and what came of their events.
type batch struct {
	rows   []*sheets.Row
	events int
	bytes  int
	alone  bool  // nothing else may be on its way with it
	read   int64 // how much of the file had been read when it was complete

	done    chan struct{} // closed when the rest is known
	answers []intake.EventAnswer
	err     error
}

// add takes a row in.
func (b *batch) add(row *sheets.Row, alone bool) {
	b.rows = append(b.rows, row)
	if row.Event != nil {
		b.events++
		b.bytes += len(row.Event) + 1
	}
	b.alone = b.alone || alone
}

func (b *batch) fits(row *sheets.Row, maxBytes int) bool {
	return len(b.rows) == 0 || b.events < maxBatchEvents && len(b.rows) < maxBatchRows && b.bytes+len(row.Event)+2 <= maxBytes
}

// list returns the events.
func (b *batch) list() [][]byte {
	list := make([][]byte, 0, b.events)
	for _, row := range b.rows {
		if row.Event != nil {
			list = append(list, row.Event)
		}
	}
	return list
}

// batches cuts the rows of a source into batches. The rows come through a channel, so that what was read is sent while
// nothing more comes.
type batches struct {
	known    *forms.Catalogue
	control  [][]byte // names of the types of events that are about others, in quotes
	maxBytes int
	rows     chan *sheets.Row
	err      error         // why there are no more rows; nil at the end of the file
	ended    chan struct{} // closed when nobody reads any more
	offset   func() int64
}

// newBatches begins to read.
func newBatches(ctx context.Context, src source, known *forms.Catalogue, maxBody int) *batches {
	b := &batches{known: known, maxBytes: min(maxBatchBytes, maxBody), rows: make(chan *sheets.Row, 256), ended: make(chan struct{}), offset: src.Offset}
	for i := range known.Types {
		if t := &known.Types[i]; t.Control {
			b.control = append(b.control, strconv.AppendQuote(nil, t.Name))
		}
	}
	go b.read(ctx, src)
	return b
}

func (b *batches) read(ctx context.Context, src source) {
	defer close(b.ended)
	defer close(b.rows)
	for {
		row, err := src.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				b.err = err
			}
			return
		}
		select {
		case b.rows <- row:
		case <-ctx.Done():
			return
		}
	}
}

// over waits for the reader to end, after the file or its context has. From a program that says nothing it would wait for
// ever: then it reports false soon.
func (b *batches) over() bool {
	select {
	case <-b.ended:
		return true
	case <-time.After(idle):
		return false
	}
}

// each calls fn with one batch after the other until it returns false, the context ends or the file does. In the end it
// returns what is wrong with the file as a whole.
func (b *batches) each(ctx context.Context, fn func(*batch) bool) error {
	now := &batch{}
	hand := func() bool {
		full := now
		now = &batch{}
		full.read, full.done = b.offset(), make(chan struct{})
		return fn(full)
	}
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		select {
		case row, ok := <-b.rows:
			if !ok {
				if len(now.rows) > 0 && ctx.Err() == nil && !hand() {
					return nil
				}
				return b.err
			}
			if row.Event != nil {
				b.check(row)
			}
			alone := b.amends(row)
			if !now.fits(row, b.maxBytes) || len(now.rows) > 0 && alone != now.alone {
				if !hand() {
					return nil
				}
			}
			now.add(row, alone)
			timer.Reset(idle)
		case <-timer.C:
			if len(now.rows) > 0 && !hand() {
				return nil
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// check refuses what no request can hold: an event that is too long, or that would break up the others.
func (b *batches) check(row *sheets.Row) {
	most := min(b.maxBytes, intake.MaxRaw) - 2
	switch {
	case len(row.Event) > most:
		row.Faults = []sheets.Fault{{Text: events.Text{
			ZH: fmt.Sprintf("这一条有 %d 字节，最多 %d 字节；长文请放在别处，这里写文号或网址", len(row.Event), most),
			EN: fmt.Sprintf("this event has %d bytes, at most %d are taken; keep long texts elsewhere and name the document here", len(row.Event), most),
		}}}
	case !json.Valid(row.Event):
		var wrong *json.SyntaxError
		_ = errors.As(json.Unmarshal(row.Event, new(any)), &wrong)
		row.Faults = []sheets.Fault{{Text: events.Text{
			ZH: fmt.Sprintf("不是合法的 JSON：第 %d 个字节处有错", wrong.Offset), EN: fmt.Sprintf("not JSON: something is wrong at byte %d", wrong.Offset),
		}}}
	default:
		return
	}
	row.Event = nil
}

// amends reports whether a row may be about another event, which must be there before it.
func (b *batches) amends(row *sheets.Row) bool {
	if row.Event == nil {
		return false
	}
	if row.Type == "" { // of a file of events, which are not taken apart here
		for _, name := range b.control {
			if bytes.Contains(row.Event, name) {
				row.Type = typeOf(row.Event)
				break
			}
		}
	}
	typ := b.known.Type(row.Type)
	return typ != nil && typ.Control
}
