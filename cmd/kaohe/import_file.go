package main

import (
	"os"
	"slices"

	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/sheets"
)

// fileImport is the import of one file.
type fileImport struct {
	*importing
	name    string      // as on the command line
	shown   string      // as people are told
	path    string      // of what can be read again for a report
	before  os.FileInfo // of the file as it was opened; nil of a pipe
	file    *sheets.File
	tally   tally
	remarks remarks
	seen    *seen
	layouts []*sheets.Layout // known once nobody reads the file any more
	altered bool             // the file has changed since
	report  []string         // files that tell what was refused
	noCopy  string           // why the report is but a list of reasons
	failure string           // why nothing of the file was imported, or not all that it holds
}

// settle takes note of what came of a batch. It is called with one after the other, in the order of the file.
func (f *fileImport) settle(b *batch) error {
	kept := b.err != nil
	if kept {
		if err := f.keep(b); err != nil {
			return err
		}
	}
	next := 0
	for _, row := range b.rows {
		f.tally.see(row)
		f.showRecognised(row.Layout)
		switch {
		case row.Event == nil:
			f.noEvent(row)
		case kept:
			f.tally.kept++
			f.out.row(row, rowJSON{Status: statusKept})
		default:
			f.answered(row, &b.answers[next])
			next++
		}
		if f.echo(row) {
			f.showNotes(row)
		}
	}
	f.bar.update(b.read, f.tally.rows)
	return nil
}

// noEvent takes note of a row that is no fact, or that cannot be read.
func (f *fileImport) noEvent(row *sheets.Row) {
	if len(row.Faults) > 0 {
		r := f.c.unreadable(&f.tally, row)
		f.refuse(row, r, rowJSON{})
		return
	}
	if row.Skipped != nil {
		if row.Number == 0 {
			f.tally.whole = append(f.tally.whole, refusal{row: rowRef{sheet: row.Sheet}, faults: []rowFault{{text: row.Skipped.In(f.c.lang)}}})
		}
		f.out.row(row, rowJSON{Status: statusSkipped, Reason: row.Skipped.In(f.c.lang)})
	}
}

// answered takes note of what the server says of an event.
func (f *fileImport) answered(row *sheets.Row, a *intake.EventAnswer) {
	ref := rowRef{row.Sheet, row.Number}
	out := rowJSON{Status: a.Status, Source: a.Source, ID: a.ID, Position: a.Position, Warnings: a.Warnings}
	if a.Status == intake.StatusRefused {
		r := f.c.notTaken(&f.tally, row, a.Error)
		if before, ok := f.seen.find(a.Source, a.ID); ok && r.code == intake.CodeConflict {
			r = f.contradiction(r, before)
		}
		f.refuse(row, r, out)
		return
	}
	before, same, repeated := f.seen.first(a.Source, a.ID, row.Event, ref)
	switch {
	case repeated && a.Status == intake.StatusValid && !same: // of an earlier request, of which a dry run keeps nothing
		f.refuse(row, f.contradiction(refusal{row: ref, code: intake.CodeConflict}, before), out)
		return
	case repeated:
		f.tally.recorded++
		f.tally.repeats.add(ref, f.rowName(before), shownRows)
		out.Status, out.SameAs = intake.StatusRecorded, before.number
	case a.Status == intake.StatusRecorded:
		f.tally.recorded++
	default:
		f.tally.fresh++
	}
	for _, w := range a.Warnings {
		if w.Code != intake.WarnSameContent { // which is what importing again is for
			f.tally.warnings.add(w.Code, ref, w.Message, shownWarnings)
		}
	}
	f.out.row(row, out)
}

// contradiction says that a row is about the same fact as one before and says something else.
func (f *fileImport) contradiction(r refusal, before rowRef) refusal {
	whole := rowFault{text: f.c.sayf("与%s是同一件事，内容却不同；只能有一行是对的，若确是两件事请改编号", "it is the same fact as %s and says something else; only one of them can be right, or they need different ids", f.rowName(before))}
	r.faults = append([]rowFault{whole}, slices.DeleteFunc(r.faults, func(f rowFault) bool { return f.title == "" })...)
	return r
}

// refuse takes note of a row that was not taken.
func (f *fileImport) refuse(row *sheets.Row, r refusal, out rowJSON) {
	out.Status = intake.StatusRefused
	out.Error = r.json()
	f.out.row(row, out)
	if row.Number == 0 {
		f.tally.whole = append(f.tally.whole, r)
		f.tally.sheets++
		return
	}
	f.tally.refused++
	if len(f.tally.refusals) < shownRefusals {
		f.tally.refusals = append(f.tally.refusals, r)
	}
	var event []byte
	if f.file.Kind() == sheets.JSON {
		event = row.Event
	}
	f.remarks.add(r.remark(f.c), event)
}
