package sheets_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/events/sheets"
)

// plan is the default plan's catalogue as the server shows it.
var plan = sync.OnceValue(func() *forms.Catalogue {
	loaded, mistakes := catalogue.Load(deploy.Plan())
	if loaded == nil {
		panic(mistakes[0].In(events.English))
	}
	c := &forms.Catalogue{TimeZone: "Asia/Shanghai", Today: "2018-04-02", DefaultOrg: "450703", Orgs: []forms.Org{
		{Code: "450700", Name: events.Text{ZH: "钦州市", EN: "Qinzhou"}},
		{Code: "450703", Name: events.Text{ZH: "钦北区", EN: "Qinbei"}, Parent: "450700"},
	}}
	for _, t := range loaded.Types() {
		c.Types = append(c.Types, forms.Describe(t))
	}
	return c
})

// readText reads a file of text and tells what became of each row.
func readText(tb testing.TB, name, text string, o sheets.Options) []string {
	tb.Helper()
	o.Catalogue = plan()
	f, err := sheets.OpenReader(name, strings.NewReader(text), o)
	if err != nil {
		return []string{"error " + err.Error()}
	}
	defer f.Close()
	return outcomes(f)
}

// outcomes tells what became of each row of a file, in English.
func outcomes(f *sheets.File) (list []string) {
	for {
		r, err := f.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			return append(list, "error "+err.Error())
		}
		list = append(list, outcome(r)...)
	}
}

func outcome(r *sheets.Row) (list []string) {
	at := fmt.Sprint(r.Number)
	if r.Sheet != "" {
		at = r.Sheet + "!" + at
	}
	if r.Hidden {
		at += " (hidden)"
	}
	switch {
	case r.Event != nil:
		list = append(list, at+" "+string(r.Event))
	case r.Skipped != nil:
		list = append(list, at+" - "+r.Skipped.EN)
	}
	for _, f := range r.Faults {
		list = append(list, fmt.Sprintf("%s ! %d %s: %s", at, f.Column, f.Field, f.Text.EN))
	}
	for _, n := range r.Notes {
		list = append(list, fmt.Sprintf("%s ~ %d %s: %s", at, n.Column, n.Field, n.Text.EN))
	}
	return list
}

// facts is what a list of outcomes has in events, without their place.
func facts(list []string) (events []string) {
	for _, s := range list {
		if _, event, ok := strings.Cut(s, " {"); ok {
			events = append(events, "{"+event)
		}
	}
	return events
}

func diff(tb testing.TB, got []string, want ...string) {
	tb.Helper()
	if d := cmp.Diff(want, got); d != "" {
		tb.Errorf("(-want +got)\n%s", d)
	}
}
