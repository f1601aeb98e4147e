package main

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

func TestCSVCells(t *testing.T) {
	n := indicators.NewNumber
	for _, tt := range []struct {
		name string
		cell any
		want string
	}{
		{"a number below zero", n(-18, 0), "-18"},
		{"a fraction", n(-185, 1), "-18.5"},
		{"a number that is not known", indicators.Number{}, ""},
		{"several numbers", []indicators.Number{n(-5, 0), n(0, 0), n(15, 1)}, "-5 0 1.5"},
		{"whole numbers of the program", int64(-3), "-3"},
		{"yes or no", true, "true"},
		{"nothing", nil, ""},
		{"an ordinary text", "一季度报表已报", "一季度报表已报"},
		{"a sign within a text", "a=b-c", "a=b-c"},
		{"a quarter", demoQuarter, "2018Q1"},
		{"a formula", "=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"},
		{"a plus", "+86 777", "'+86 777"},
		{"a minus", "-2+3", "'-2+3"},
		{"a number that somebody wrote", "-18", "'-18"},
		{"an at sign", "@SUM(A1)", "'@SUM(A1)"},
		{"a tab", "\t=1", "'\t=1"},
		{"a tab before an ordinary text", "\tx", "'\tx"},
		{"a carriage return", "\r=1", "'\r=1"},
		{"a line feed", "\n=1", "'\n=1"},
		{"blanks before a formula", " \u00a0=1", "' \u00a0=1"},
		{"marks that nobody sees before a formula", "\ufeff\u200e=1", "'\ufeff\u200e=1"},
		{"a formula in wide characters", "＝1＋1", "'＝1＋1"},
		{"a status", indicators.Status("=x"), "'=x"},
	} {
		if got := csvCell(tt.cell); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestNoCSVHoldsAFormula: whatever events and plans say, only numbers begin like one.
func TestNoCSVHoldsAFormula(t *testing.T) {
	const evil = "=cmd|' /C calc'!A0"
	for command, show := range echoes(evil) {
		c, out := screen(events.English)
		c.stderr = out
		show(c, "csv")
		rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		if err != nil || len(rows) < 2 {
			t.Fatalf("%s: %d rows, %v", command, len(rows), err)
		}
		found := false
		for _, row := range rows {
			for i, cell := range row {
				found = found || cell == "'"+evil
				if strings.IndexAny(cell, formula) == 0 && !json.Valid([]byte(cell)) {
					t.Errorf("%s: %s is %q", command, rows[0][i], cell)
				}
			}
		}
		if !found {
			t.Errorf("%s does not show the text:\n%s", command, out)
		}
	}
}
