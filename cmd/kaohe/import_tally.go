package main

import (
	"slices"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/sheets"
)

// How much of a file is shown of each kind; counts are of all.
const (
	shownRefusals = 20
	shownRows     = 10 // numbers of rows in a line
	shownWarnings = 5  // rows of a warning
	shownNotes    = 3  // values of a column
)

// counts are what became of the events of a file, or of all.
type counts struct {
	fresh, recorded, refused int
	kept                     int // in the spool, for later
	sheets, files            int // that could not be used, or not to their end
}

func (n *counts) add(other counts) {
	n.fresh += other.fresh
	n.recorded += other.recorded
	n.refused += other.refused
	n.kept += other.kept
	n.sheets += other.sheets
	n.files += other.files
}

// rowRef names a row of a file.
type rowRef struct {
	sheet  string
	number int
}

// tally is what there is to say of a file. It does not grow with the file.
type tally struct {
	counts
	lang     events.Lang
	rows     int       // settled
	last     rowRef    // of them
	refusals []refusal // the first ones
	whole    []refusal // what there is to say of whole sheets
	warnings groups    // of the server, by code
	skipped  groups    // rows that are no facts, by reason
	hidden   group
	repeats  group  // rows that say the same as one before, which the text names
	notes    groups // what was understood, by column
	layouts  map[string]*sheets.Layout
	width    int // cells of the longest row of a CSV
}

// group is rows of which the same is to be said.
type group struct {
	text  string
	count int
	items []item // the first ones
}

type item struct {
	row  rowRef
	text string
}

func (g *group) add(row rowRef, text string, most int) {
	if g.count++; len(g.items) < most {
		g.items = append(g.items, item{row, text})
	}
}

// has reports whether one of the first ones says a text.
func (g *group) has(text string) bool {
	return slices.ContainsFunc(g.items, func(i item) bool { return i.text == text })
}

// maxGroups bounds the different things that are said of rows.
const maxGroups = 200

// groups are groups in the order in which they began.
type groups []*group

func (gs *groups) add(text string, row rowRef, detail string, most int) {
	if g := gs.of(text); g != nil {
		g.add(row, detail, most)
	}
}

// of returns the group of a text, which it may begin; nil if there are too many.
func (gs *groups) of(text string) *group {
	for _, g := range *gs {
		if g.text == text {
			return g
		}
	}
	if len(*gs) == maxGroups {
		return nil
	}
	*gs = append(*gs, &group{text: text})
	return (*gs)[len(*gs)-1]
}

// see takes note of a row as it was read, before anything is known of its fate.
func (t *tally) see(row *sheets.Row) {
	ref := rowRef{row.Sheet, row.Number}
	if row.Number > 0 {
		t.rows++
		t.last = ref
	}
	if row.Layout != nil {
		t.layouts[row.Sheet] = row.Layout
	}
	t.width = max(t.width, len(row.Record))
	if row.Skipped != nil && row.Layout == nil && row.Number > 0 {
		t.skipped.add(row.Skipped.In(t.lang), ref, "", shownRows)
	}
	if row.Hidden {
		t.hidden.add(ref, "", shownRows)
	}
	for _, note := range row.Notes {
		title := ""
		if note.Column > 0 {
			title = t.column(row.Sheet, note.Column, note.Field)
		}
		if g, text := t.notes.of(title), note.Text.In(t.lang); g != nil && (title == "" || !g.has(text)) {
			g.add(ref, text, shownNotes)
		}
	}
}

// column returns the title of a column, or the field where there is none.
func (t *tally) column(sheet string, column int, field string) string {
	if layout := t.layouts[sheet]; layout != nil {
		for i := range layout.Columns {
			if layout.Columns[i].Column == column {
				return layout.Columns[i].Title
			}
		}
		for i := range layout.Missing {
			if layout.Missing[i].Path == field {
				return layout.Missing[i].Title.In(t.lang)
			}
		}
	}
	return field
}
