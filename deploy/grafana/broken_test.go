package grafana_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/deploy/monitoring"
)

// A rule that finds nothing in any dashboard may be one that cannot find anything. So each is shown a dashboard that breaks it.
func TestBrokenDashboardsAreFound(t *testing.T) {
	w := mustWorld(t)
	for _, tt := range []struct {
		name, file, old, new string // new stands in the place of the first old
		check                func(*world, monitoring.Dashboard) []string
		want                 string // part of a mistake
	}{
		{"another uid", "machine", `"uid": "kaohe-machine"`, `"uid": "machine"`, checkUID, "the uid is"},
		{"an id", "machine", `"editable": false`, `"editable": false, "id": 7`, checkHead, "id does not belong"},
		{"what an export has", "machine", `"editable": false`, `"editable": false, "__inputs": []`, checkHead, "__inputs does not belong"},
		{"editable", "machine", `"editable": false`, `"editable": true`, checkHead, "editable is not false"},
		{"no word of whether it is editable", "machine", `"editable": false,`, ``, checkHead, "editable is not false"},
		{"another schema", "machine", `"schemaVersion": 41`, `"schemaVersion": 36`, checkHead, "schemaVersion is 36"},
		{"other tags", "machine", "\n  \"tags\": [\n    \"kaohe\"", "\n  \"tags\": [\n    \"Kaohe\"", checkHead, "the tags are"},
		{"an id twice", "machine", `"id": 2`, `"id": 3`, checkIDs, "has the id 3"},
		{"panels on top of each other", "machine", `"x": 4`, `"x": 3`, checkGrid, "overlaps"},
		{"a panel beyond the last column", "machine", `"x": 20`, `"x": 22`, checkGrid, "24 columns"},
		{"a title in one language", "machine", `在线 Up`, `Up`, checkWords, "not in both languages"},
		{"no description", "machine", `Prometheus 能否抓取到实例。 Whether Prometheus reaches the instance.`, ``, checkWords, "not in both languages"},
		{"another label of the datasource", "machine", `"Data source"`, `"Prometheus"`, checkVariables, "the variable datasource"},
		{"variables in another order", "pipeline", `"name": "job"`, `"name": "org"`, checkVariables, "the variables are"},
		{"a variable that is read once", "machine", `"refresh": 2`, `"refresh": 1`, checkVariables, "the variable job"},
		{"a variable that matches nothing for all", "machine", `"allValue": ".+"`, `"allValue": ".*"`, checkVariables, "the variable job"},
		{"a variable by a query", "machine", `"query": "label_values(kaohe_build_info, job)"`, `"query": "query_result(kaohe_build_info)"`, checkVariables, "the variable job"},
		{"a datasource of somebody's own", "machine", `"uid": "${datasource}"`, `"uid": "P1"`, checkSources, `asks "P1"`},
		{"a panel that asks nothing", "machine", `"targets"`, `"targetz"`, checkSources, "asks nothing"},
		{"two queries with one name", "machine", `"refId": "B"`, `"refId": "A"`, checkSources, `two queries "A"`},
		{"links that lose the time", "machine", `"keepTime": true`, `"keepTime": false`, checkLinks, "no link by the tag"},
		{"a link to nowhere", "machine", `"url": ""`, `"url": "/d/kaohe-none"`, checkLinks, "kaohe-none, which does not exist"},
		{"a link with a variable that is not there", "machine", `"url": ""`, `"url": "/d/kaohe-machine?var-org=1"`, checkLinks, "the variable org"},
		{"no PromQL", "machine", `"up{`, `"up{{`, checkParses, "parse"},
		{"a name that cannot be told", "machine", `"up{`, `"{`, checkParses, "names no metric"},
		{"an unknown variable", "machine", `instance=~\"$instance\"`, `instance=~\"$host\"`, checkParses, "a variable that nobody knows"},
		{"a rate over a fixed time", "machine", `[$__rate_interval]`, `[5m]`, checkRates, "a rate over [5m]"},
		{"a choice that is not heeded", "machine", `up{job=~\"$job\", `, `up{`, checkHeeded, `without job=~"$job"`},
		{"a figure that two instances double", "pipeline", `max by (org, stage)`, `sum by (org, stage)`, checkOnce, "max, min or group"},
		{"a figure of each instance", "pipeline", `max by (org, stage)`, `max by (org, instance, stage)`, checkOnce, "max, min or group"},
		{"a course without looking back", "pipeline", `[1d]`, `[1h]`, checkDaily, "without last_over_time"},
		{"a course by another function", "pipeline", `last_over_time`, `avg_over_time`, checkDaily, "without last_over_time"},
		{"an indicator that is not in the plan", "pipeline", `projects_submitted|`, `projects_sent|`, checkValues, `indicator="projects_sent"`},
		{"a span that there is not", "pipeline", `span=\"year\"`, `span=\"month\"`, checkValues, `span="month"`},
		{"a status that there is not", "overview", `status=\"behind\"`, `status=\"late\"`, checkValues, `status="late"`},
		{"no unit", "machine", `"unit": "none"`, `"unit": ""`, checkUnits, `has the unit ""`},
		{"a unit that Grafana does not know", "machine", `"unit": "s"`, `"unit": "seconds"`, checkUnits, `has the unit "seconds"`},
		{"another pace than the plan's", "overview", `"value": 0.6`, `"value": 0.5`, checkPaces, "without the plan's steps"},
		{"another threshold than the alert's", "machine", `"value": 0.9`, `"value": 0.8`, checkThresholds, "changes colour at 0.8"},
		{"thresholds in percent of what is shown", "machine", `"mode": "absolute"`, `"mode": "percentage"`, checkThresholds, "not absolute"},
		{"a status forgotten", "overview", `status=\"no_target\"`, `status=\"behind\"`, checkStatuses, "lack the status no_target"},
		{"a status without words", "machine", `"options": {
                "0": {`, `"options": {"on_track": {"text": "on track"},
                "0": {`, checkStatuses, "value mappings of panel"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			broken := mustBreak(t, tt.file+".json", tt.old, tt.new)
			if all := strings.Join(tt.check(w, broken), "\n"); !strings.Contains(all, tt.want) {
				t.Errorf("the mistakes are:\n%s\nwant one with %q", all, tt.want)
			}
		})
	}
}

// mustBreak returns a dashboard in which a part of the text is another one.
func mustBreak(t *testing.T, file, old, replacement string) monitoring.Dashboard {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("dashboards", file))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %s: the case breaks nothing", file, old)
	}
	// The parser does not take a key twice, as some cases make it; the last one counts.
	var whole map[string]any
	if err := json.Unmarshal([]byte(strings.Replace(string(text), old, replacement, 1)), &whole); err != nil {
		t.Fatal(err)
	}
	once, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	d, err := monitoring.ParseDashboard(file, once)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
