package indicators_test

import (
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// loadWith loads the good plan with one file replaced and returns the mistakes of that file.
func loadWith(t *testing.T, name string, file *fstest.MapFile) []events.Mistake {
	t.Helper()
	plan := goodPlan(t)
	plan[name] = file
	loaded, mistakes := indicators.Load(plan)
	if loaded != nil {
		t.Fatal("the plan loads")
	}
	var own []events.Mistake
	for _, m := range mistakes {
		if m.File == name {
			own = append(own, m)
		}
	}
	return own
}

// What is nested beyond reason is refused before the parser takes memory by the square of it.
func TestLoadBoundsNesting(t *testing.T) {
	for _, tt := range []struct {
		name, unit, before string
		column             int
	}{
		{"lists in brackets", "[", "", 65},
		{"mappings in braces", "{a: ", "", 64*4 + 1},
		{"lists in a row", "- ", "", 64*2 + 1},
		{"keys in a row", "? ", "", 64*2 + 1},
		{"brackets of an entry", "[", "- a: ", 5 + 63},
		{"brackets after quotes and comments", "[", "- \"[[\" # [[\n- '[[': ", 8 + 63},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			own := loadWith(t, "indicators.yaml", &fstest.MapFile{Data: []byte(tt.before + strings.Repeat(tt.unit, 20_000))})
			runtime.ReadMemStats(&after)
			if len(own) != 1 || own[0].Line != 1+strings.Count(tt.before, "\n") || own[0].Column != tt.column || own[0].Text.EN != "this is nested more than 64 levels deep" {
				t.Errorf("got %.300v", own)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 100 {
				t.Errorf("it took %d MiB", used)
			}
		})
	}
	t.Run("by indentation", func(t *testing.T) {
		var text strings.Builder
		for i := range 100 {
			fmt.Fprintf(&text, "%*sa:\n", i, "")
		}
		own := loadWith(t, "indicators.yaml", &fstest.MapFile{Data: []byte(text.String())})
		if len(own) != 1 || own[0].Line != 65 || own[0].Column != 65 {
			t.Errorf("got %.300v", own)
		}
	})
}

// A long list is not deep, whatever brackets its texts have.
func TestLoadTakesManyBrackets(t *testing.T) {
	plan := goodPlan(t)
	plan["orgs.yaml"].Data = append(plan["orgs.yaml"].Data, []byte(strings.Repeat("# [ { '\n", 100))...)
	for i := range 100 {
		plan["orgs.yaml"].Data = fmt.Appendf(plan["orgs.yaml"].Data, "- {code: \"9%03d\", name: {zh: '[{', en: \"{[\"}}\n- a [ b {\n", i)
	}
	_, mistakes := indicators.Load(plan)
	for _, m := range mistakes {
		if strings.Contains(m.Text.EN, "nested") {
			t.Fatal(m.In(events.English))
		}
	}
}

func TestLoadReadsOnlyRegularFiles(t *testing.T) {
	for _, name := range []string{"plan.yaml", "orgs.yaml", "indicators.yaml", "events/TargetSet.v1.json"} {
		for _, mode := range []fs.FileMode{fs.ModeNamedPipe, fs.ModeDir, fs.ModeDevice} {
			own := loadWith(t, name, &fstest.MapFile{Mode: mode})
			if len(own) != 1 || own[0].Text.EN != "this is not a regular file" || own[0].Text.ZH != "不是普通文件" {
				t.Errorf("%s as %v: got %v", name, mode, own)
			}
		}
	}
	if own := loadWith(t, "events/Dir.v1.json", &fstest.MapFile{Mode: fs.ModeDir}); len(own) != 1 {
		t.Errorf("a folder named like a schema: got %v", own)
	}
}

// What a mistake shows does not take over the terminal.
func TestMistakesArePrintable(t *testing.T) {
	for name, tt := range map[string]struct{ file, text string }{
		"an escape in a key":          {"orgs.yaml", "- {\"\\e[31mcode\": x}\n"},
		"an escape in a line":         {"orgs.yaml", "- {\x1b[31mcode: x}\n"},
		"binary":                      {"plan.yaml", "\x7fELF\x02\x01\x01\x00\x00\x9b\n"},
		"binary after a byte of text": {"indicators.yaml", "a\x1b]0;title\x07\xff\n"},
		"a turn of direction":         {"orgs.yaml", "- {\u202ecode\u2028: x}\n"},
		"controls of Latin-1":         {"orgs.yaml", "- {\u009bcode: x}\n"},
		"binary for a schema":         {"events/TargetSet.v1.json", "{\"\x1b[2J\": \x07\n"},
		"an escape for a name":        {"events/\x1b[31m.v1.json", "{}"},
		"a reference":                 {"indicators.yaml", "- {id: a, count: {event: \"A\\u0007\"}}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			plan := goodPlan(t)
			plan[tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
			_, mistakes := indicators.Load(plan)
			if len(mistakes) == 0 {
				t.Fatal("no mistake")
			}
			for _, m := range mistakes {
				for _, lang := range []events.Lang{events.English, events.Chinese} {
					if said := m.In(lang); strings.ContainsAny(strings.ReplaceAll(said, "\n  ", ""), "\x00\x07\n\x1b\x7f\u009b\u202e\u2028") || strings.ToValidUTF8(said, "") != said {
						t.Errorf("%q", said)
					}
				}
			}
		})
	}
}

// The mark below the line stays below what is meant.
func TestMistakesKeepTheirColumn(t *testing.T) {
	own := loadWith(t, "orgs.yaml", &fstest.MapFile{Data: []byte("- {code: \"450700\"} # \x1b\n- {\"\x1b[1m\": 1, cod: 2}" + strings.Repeat(" #", 300) + "\n")})
	for _, m := range own {
		if strings.Contains(m.Text.EN, "cod") && strings.HasPrefix(m.Text.EN, "unknown key cod") {
			if runes := []rune(m.Source); string(runes[m.Column-1:m.Column+2]) != "cod" || len(runes) > m.Column+82 || !strings.HasSuffix(m.Source, "…") {
				t.Errorf("column %d of %q", m.Column, m.Source)
			}
			return
		}
	}
	t.Errorf("got %v", own)
}

func TestMistakesFarToTheRightShowNoLine(t *testing.T) {
	own := loadWith(t, "orgs.yaml", &fstest.MapFile{Data: []byte("- {code: \"" + strings.Repeat("4", 5000) + "\", cod: 1}\n")})
	for _, m := range own {
		if len(m.Source) > 600 {
			t.Errorf("column %d shows %d bytes", m.Column, len(m.Source))
		}
	}
}

func TestLoadLimitsMistakes(t *testing.T) {
	if own := loadWith(t, "orgs.yaml", &fstest.MapFile{Data: []byte(strings.Repeat("- {cod: 1}\n", 5000))}); len(own) > 100 || len(own) < 50 {
		t.Errorf("%d mistakes", len(own))
	}
}
