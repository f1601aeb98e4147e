package main

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/kaohe/kaohe/indicators"
)

// csvHead are the columns of the CSV. They keep their names and order in both languages, for programs read them; new ones
// are added at the end. Numbers are exact and plain, money is yuan, an empty cell is what is not known.
var csvHead = []string{
	"org", "quarter", "as_of", "indicator", "name_zh", "name_en", "unit_zh", "unit_en", "office", "kind", "direction", "status", "reported",
	"last_event", "target_illustrative",
	"quarter_value", "quarter_target", "quarter_expected", "quarter_gap", "quarter_completion", "quarter_pace_ratio", "quarter_status", "quarter_reported", "quarter_events",
	"year_value", "year_base", "year_target", "year_expected", "year_gap", "year_completion", "year_pace_ratio", "year_status", "year_reported", "year_events",
	"target_problem", "first_target",
}

// showCSV prints the scorecard in the plan's order.
func (c *cli) showCSV(card *indicators.Scorecard, bom bool) error {
	if bom {
		if _, err := io.WriteString(c.stdout, "\ufeff"); err != nil {
			return err
		}
	}
	w := csv.NewWriter(c.stdout)
	if err := w.Write(csvHead); err != nil {
		return err
	}
	for i := range card.Rows {
		if err := w.Write(csvRow(card, &card.Rows[i])); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func csvRow(card *indicators.Scorecard, r *indicators.Row) []string {
	last := ""
	if r.LastEvent != 0 {
		last = r.LastEvent.String()
	}
	row := []string{
		card.Org, card.Quarter.String(), card.AsOf.String(), r.ID, r.Name.ZH, r.Name.EN, r.Unit.ZH, r.Unit.EN, r.Office, string(r.Kind),
		string(r.Direction), string(r.Status), strconv.FormatBool(r.Reported), last, strconv.FormatBool(r.TargetIllustrative),
	}
	row = append(row, csvFigure(r.Quarter, false)...)
	row = append(row, csvFigure(r.Year, true)...)
	return append(row, string(r.TargetProblem), csvNumber(r.FirstTarget))
}

func csvFigure(f *indicators.Figure, withBase bool) []string {
	if f == nil {
		return make([]string, map[bool]int{false: 9, true: 10}[withBase])
	}
	cells := []string{csvNumber(f.Value)}
	if withBase {
		cells = append(cells, csvNumber(f.Base))
	}
	for _, n := range []indicators.Number{f.Target, f.Expected, f.Gap, f.Completion, f.PaceRatio} {
		cells = append(cells, csvNumber(n))
	}
	return append(cells, string(f.Status), strconv.FormatBool(f.Reported), strconv.FormatInt(f.Events, 10))
}

func csvNumber(n indicators.Number) string {
	if !n.Known() {
		return ""
	}
	return n.String()
}
