package alertmanager_test

import (
	"encoding/json"
	"flag"
	"fmt"
	html "html/template"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// parts are the texts that each language has: kaohe.zh.subject and so on.
var parts = []string{"subject", "email.html", "email.text", "wecom"}

// message is what Alertmanager gives to a template.
type message struct {
	Receiver          string
	Status            string
	Alerts            alerts
	GroupLabels       map[string]string
	CommonLabels      map[string]string
	CommonAnnotations map[string]string
	ExternalURL       string
}

type alert struct {
	Status       string
	Labels       map[string]string
	Annotations  map[string]string
	StartsAt     time.Time
	EndsAt       time.Time
	GeneratorURL string
	Fingerprint  string
}

type alerts []alert

func (as alerts) Firing() alerts   { return as.with("firing") }
func (as alerts) Resolved() alerts { return as.with("resolved") }

func (as alerts) with(status string) (some alerts) {
	for _, a := range as {
		if a.Status == status {
			some = append(some, a)
		}
	}
	return some
}

// functions are those of Alertmanager 0.25 that the templates use.
var functions = map[string]any{
	"match": regexp.MatchString,
	"reReplaceAll": func(pattern, with, text string) string {
		return regexp.MustCompile(pattern).ReplaceAllString(text, with)
	},
	"join":        func(with string, texts []string) string { return strings.Join(texts, with) },
	"stringSlice": func(texts ...string) []string { return texts },
}

func mustRender(tb testing.TB, part string, m message) string {
	tb.Helper()
	var out strings.Builder
	var err error
	if strings.HasSuffix(part, ".html") {
		t := html.Must(html.New("").Option("missingkey=zero").Funcs(functions).ParseGlob("templates/*.tmpl"))
		err = t.ExecuteTemplate(&out, part, m)
	} else {
		t := template.Must(template.New("").Option("missingkey=zero").Funcs(functions).ParseGlob("templates/*.tmpl"))
		err = t.ExecuteTemplate(&out, part, m)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

func mustMessage(tb testing.TB, file string) (m message) {
	tb.Helper()
	if err := json.Unmarshal([]byte(mustRead(tb, file)), &m); err != nil {
		tb.Fatal(err)
	}
	return m
}

// TestMessages renders what .ci/amtool renders, and holds it against the same files.
func TestMessages(t *testing.T) {
	files, err := filepath.Glob("tests/data/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no data: %v", err)
	}
	for _, file := range files {
		m := mustMessage(t, file)
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		for _, language := range []string{"zh", "en"} {
			var texts strings.Builder
			for _, part := range []string{"subject", "email.text", "wecom"} {
				part = "kaohe." + language + "." + part
				fmt.Fprintf(&texts, "== %s\n%s\n", part, mustRender(t, part, m))
			}
			golden(t, name+"."+language+".txt", texts.String())
			if name != "many" {
				golden(t, name+"."+language+".html", mustRender(t, "kaohe."+language+".email.html", m))
			}
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("tests", "golden", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(mustRead(t, file), got); diff != "" {
		t.Errorf("%s (-want +got), refresh with -update:\n%s", name, diff)
	}
}

// TestWeComMessagesFit: WeCom cuts a message at 2048 bytes, and Grafana may have an address of 45 bytes. Everything that alerts
// say is as long as can be here.
func TestWeComMessagesFit(t *testing.T) {
	for _, letter := range []string{"长", "x", "x长", "\n", "<"} {
		for _, status := range []string{"firing", "resolved"} {
			m := mustMessage(t, "tests/data/many.json")
			long := strings.Repeat(letter, 3000)
			m.Status = status
			for _, kv := range []map[string]string{m.CommonLabels, m.CommonAnnotations} {
				fill(kv, long)
			}
			m.CommonLabels["office"], m.CommonLabels["instance"], m.CommonLabels["severity"] = long, long, "critical"
			for i := range m.Alerts {
				m.Alerts[i].Status = status
				fill(m.Alerts[i].Labels, long)
				fill(m.Alerts[i].Annotations, long)
				m.Alerts[i].Annotations["dashboard_url"] = "/" + strings.Repeat("x", 119)
				m.Alerts[i].Annotations["runbook_url"] = strings.Repeat("x", 120)
			}
			for _, part := range []string{"kaohe.zh.wecom", "kaohe.en.wecom"} {
				got := mustRender(t, part, m)
				if limit := 2048 - (45 - len("http://127.0.0.1:3000")); len(got) > limit || strings.Count(got, "x") == 0 {
					t.Errorf("%s of %q, %s: %d bytes:\n%s", part, letter, status, len(got), got)
				}
			}
		}
	}
}

// fill puts a text into all values; a summary keeps both its languages.
func fill(kv map[string]string, text string) {
	for k := range kv {
		kv[k] = text
	}
	if _, ok := kv["summary"]; ok {
		kv["summary"] = text + " / " + text
	}
}

func TestEachTemplateIsThereAndUsed(t *testing.T) {
	files, err := filepath.Glob("templates/*.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	var defined, used []string
	for _, file := range append(files, "receivers.example.yml") {
		text := mustRead(t, file)
		defined = append(defined, found(`\{\{-? define "([^"]+)"`, text)...)
		used = append(used, found(`template "([^"]+)"`, text)...)
	}
	sameNames(t, "templates", used, defined)
}

func found(pattern, text string) (all []string) {
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}
