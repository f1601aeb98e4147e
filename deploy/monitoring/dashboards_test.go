package monitoring_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/deploy/monitoring"
)

const small = `{
  "uid": "small", "title": "Small", "schemaVersion": 41, "editable": false, "tags": ["kaohe"],
  "links": [{"type": "dashboards", "tags": ["kaohe"], "keepTime": true, "includeVars": true}],
  "annotations": {"list": [{"name": "closed", "expr": "changes(c{job=~\"$job\"}[$__interval]) > 0"}]},
  "templating": {"list": [
    {"name": "datasource", "type": "datasource", "query": "prometheus", "current": {"value": "p"}},
    {"name": "job", "type": "query", "query": "label_values(up, job)", "multi": true, "includeAll": true, "allValue": ".+", "current": {"value": ["$__all"]}},
    {"name": "org", "type": "query", "query": {"query": "label_values(o{job=~\"$job\", a=\"x,y\"}, org)"}, "includeAll": true, "allValue": ".*"},
    {"name": "span", "type": "custom", "query": "year,quarter", "current": {"value": "year"}}
  ]},
  "panels": [
    {"id": 1, "type": "row", "title": "Row", "panels": [
      {"id": 2, "type": "stat", "title": "Folded", "targets": [{"refId": "A", "instant": true, "expr": "increase(d[$__range]) / ${__range_s}"}]}]},
    {"id": 3, "type": "timeseries", "title": "Course", "gridPos": {"x": 1, "y": 2, "w": 3, "h": 4},
     "targets": [{"refId": "A", "expr": "rate(a{job=~\"${job:regex}\", org=~\"$org\", span=\"$span\"}[$__rate_interval])"}, {"refId": "B"}]},
    {"id": 4, "type": "table", "title": "Lost", "targets": [{"refId": "A", "expr": "b{x=\"$gone\"}"}],
     "fieldConfig": {"defaults": {"unit": "s", "links": [{"url": "/d/small"}]}, "overrides": [
       {"matcher": {"id": "byName", "options": "a"}, "properties": [{"id": "unit", "value": "percentunit"}, {"id": "color", "value": {}},
        {"id": "thresholds", "value": {"mode": "absolute", "steps": [{"color": "red", "value": null}, {"color": "green", "value": 0.6}]}}]}]}}
  ]}`

func TestDashboards(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "small.json"), small)
	mustWrite(t, filepath.Join(dir, "another.json"), `{"uid": "another"}`)
	mustWrite(t, filepath.Join(dir, "note.md"), "no dashboard")
	all, err := monitoring.Dashboards(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].File != "another.json" || all[1].UID != "small" {
		t.Fatalf("Dashboards() = %+v, want another.json and small.json", all)
	}
	d := all[1]
	if got, want := d.Keys, []string{"annotations", "editable", "links", "panels", "schemaVersion", "tags", "templating", "title", "uid"}; !cmp.Equal(got, want) {
		t.Errorf("Keys = %v, want %v", got, want)
	}
	var titles []string
	for _, p := range d.AllPanels() {
		titles = append(titles, p.Title)
	}
	if diff := cmp.Diff([]string{"Row", "Folded", "Course", "Lost"}, titles); diff != "" {
		t.Errorf("AllPanels() (-want +got):\n%s", diff)
	}
	if got, want := d.Panels[1].GridPos, (monitoring.Grid{X: 1, Y: 2, W: 3, H: 4}); got != want {
		t.Errorf("GridPos = %v, want %v", got, want)
	}
}

func TestExpressions(t *testing.T) {
	want := []monitoring.Expression{
		{Panel: "variable job", Expr: `up`},
		{Panel: "variable org", Expr: `o{job=~".+", a="x,y"}`},
		{Panel: "annotation closed", Expr: `changes(c{job=~".+"}[1m]) > 0`},
		{Panel: "Folded", Expr: `increase(d[1h]) / 3600`},
		{Panel: "Course", Expr: `rate(a{job=~".+", org=~".*", span="year"}[1m])`},
		{Panel: "Lost", Expr: `b{x="$gone"}`},
	}
	if diff := cmp.Diff(want, mustParse(t, small).Expressions()); diff != "" {
		t.Errorf("Expressions() (-want +got):\n%s", diff)
	}
}

func TestFields(t *testing.T) {
	p := mustParse(t, small).Panels[2]
	fields, err := p.Fields()
	if err != nil {
		t.Fatal(err)
	}
	from := 0.6
	want := []monitoring.Field{
		{Unit: "s", Links: []monitoring.Link{{URL: "/d/small"}}},
		{Unit: "percentunit", Thresholds: monitoring.Thresholds{Mode: "absolute", Steps: []monitoring.Step{{Color: "red"}, {Color: "green", Value: &from}}}},
	}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("Fields() (-want +got):\n%s", diff)
	}
	p = mustParse(t, strings.Replace(small, `"value": "percentunit"`, `"value": 7`, 1)).Panels[2]
	if _, err := p.Fields(); err == nil || !strings.Contains(err.Error(), `override 1 of panel "Lost": unit`) {
		t.Errorf("Fields() of a unit that is a number: %v", err)
	}
}

func TestDashboardsThatAreNone(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"no JSON", `{"uid": `, `"d.json"`},
		{"a key twice", `{"uid": "a", "uid": "b"}`, "duplicate"},
		{"a key twice further down", `{"panels": [{"title": "a", "title": "b"}]}`, "duplicate"},
		{"text where a number is due", `{"schemaVersion": "41"}`, "schemaVersion"},
		{"no object", `[]`, `"d.json"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			mustWrite(t, filepath.Join(dir, "d.json"), tt.text)
			got, err := monitoring.Dashboards(dir)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Dashboards() = %v, %v, want an error with %s", got, err, tt.want)
			}
		})
	}
	if _, err := monitoring.Dashboards(t.TempDir()); err == nil {
		t.Error("an empty directory has dashboards")
	}
}

func mustParse(t *testing.T, text string) monitoring.Dashboard {
	t.Helper()
	d, err := monitoring.ParseDashboard("small.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}
