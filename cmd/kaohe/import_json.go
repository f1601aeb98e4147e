package main

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/sheets"
)

// Fates of a row beyond those of an event.
const (
	statusSkipped intake.Status = "skipped" // no fact
	statusKept    intake.Status = "kept"    // in the spool
)

// rowJSON is what became of a row, for programs.
type rowJSON struct {
	Row      int                    `json:"row"` // 0: the sheet as a whole
	Sheet    string                 `json:"sheet,omitempty"`
	Status   intake.Status          `json:"status"`
	Type     string                 `json:"type,omitempty"`
	Source   string                 `json:"source,omitempty"`
	ID       string                 `json:"id,omitempty"`
	Position string                 `json:"position,omitempty"`
	SameAs   int                    `json:"same_as_row,omitempty"`
	Hidden   bool                   `json:"hidden,omitempty"`
	Reason   string                 `json:"reason,omitempty"` // why it was skipped
	Notes    []noteJSON             `json:"notes,omitempty"`
	Warnings []intake.WarningAnswer `json:"warnings,omitempty"`
	Error    *errorJSON             `json:"error,omitempty"`
}

type noteJSON struct {
	Field string `json:"field,omitempty"`
	Text  string `json:"text"`
}

type errorJSON struct {
	Code   string      `json:"code"`
	Faults []faultJSON `json:"faults"`
}

type faultJSON struct {
	Column  int    `json:"column,omitempty"` // from 1
	Title   string `json:"title,omitempty"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

func (r *refusal) json() *errorJSON {
	e := &errorJSON{Code: r.code, Faults: []faultJSON{}}
	for _, f := range r.faults {
		e.Faults = append(e.Faults, faultJSON{f.column, f.title, f.field, f.text})
	}
	return e
}

// countsJSON are the counts of a file, or of all.
type countsJSON struct {
	New      int `json:"new"`
	Recorded int `json:"recorded"`
	Refused  int `json:"refused"`
	Kept     int `json:"kept,omitempty"`
	Sheets   int `json:"sheets_not_imported,omitempty"`
	Files    int `json:"files_not_imported,omitempty"` // or not to their end
}

func (n counts) json() countsJSON {
	return countsJSON{n.fresh, n.recorded, n.refused, n.kept, n.sheets, n.files}
}

// recognisedJSON is a sheet whose type its columns tell.
type recognisedJSON struct {
	Sheet string `json:"sheet,omitempty"`
	Type  string `json:"type"`
}

// importJSON writes the one object that -o json promises, as things become known, so that a large file takes no memory. A
// nil *importJSON writes nothing.
type importJSON struct {
	w     io.Writer
	c     *cli
	files int
	rows  int // of the file
	err   error
}

func (j *importJSON) text(s string) {
	if j.err == nil {
		_, j.err = io.WriteString(j.w, s)
	}
}

func (j *importJSON) value(v any) { j.text(j.encode(v)) }

// encode writes a value in one line, with "S&T" as it is.
func (j *importJSON) encode(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); j.err == nil {
		j.err = err
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (j *importJSON) begin(dryRun bool) {
	if j != nil {
		j.text(`{"dry_run":`)
		j.value(dryRun)
		j.text(`,"files":[`)
	}
}

func (j *importJSON) file(name string) {
	if j == nil {
		return
	}
	if j.files++; j.files > 1 {
		j.text(",")
	}
	j.rows = 0
	j.text("\n{\"file\":")
	j.value(name)
	j.text(`,"rows":[`)
}

func (j *importJSON) row(row *sheets.Row, out rowJSON) {
	if j == nil {
		return
	}
	out.Row, out.Sheet, out.Type, out.Hidden = row.Number, row.Sheet, row.Type, row.Hidden
	for _, n := range row.Notes {
		out.Notes = append(out.Notes, noteJSON{n.Field, n.Text.In(j.c.lang)})
	}
	if j.rows++; j.rows > 1 {
		j.text(",")
	}
	j.text("\n")
	j.value(out)
}

// endFile ends the object of a file: what it came to, the reports, how its sheets were understood, and what went wrong.
func (j *importJSON) endFile(t *tally, kind sheets.Kind, report []string, layouts []*sheets.Layout, failure string) {
	if j == nil {
		return
	}
	j.text("],\"kind\":")
	j.value(kind)
	for _, part := range []struct {
		name string
		list []string
	}{{"reports", report}, {"unknown_columns", unknownColumns(layouts)}} {
		if len(part.list) > 0 {
			j.text(`,"` + part.name + `":`)
			j.value(part.list)
		}
	}
	var recognised []recognisedJSON
	for _, layout := range layouts {
		if layout.Recognised {
			recognised = append(recognised, recognisedJSON{layout.Sheet, layout.Type})
		}
	}
	if len(recognised) > 0 {
		j.text(`,"recognised":`)
		j.value(recognised)
	}
	if failure != "" {
		j.text(`,"failure":`)
		j.value(failure)
	}
	j.text(",")
	j.members(t.counts.json())
	j.text("}")
}

// end ends the object with the sums.
func (j *importJSON) end(total counts) error {
	if j == nil {
		return nil
	}
	j.text("],\n")
	j.members(total.json())
	j.text("}\n")
	return j.err
}

// members writes what is within the braces of an object.
func (j *importJSON) members(v any) {
	s := j.encode(v)
	j.text(s[1 : len(s)-1])
}
