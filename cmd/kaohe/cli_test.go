package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/events"
)

// invoke runs a command line in this process.
func invoke(tb testing.TB, env map[string]string, args ...string) (code int, stdout, stderr string) {
	tb.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(""), &out, &errs, func(name string) string { return env[name] })
	return code, out.String(), errs.String()
}

func TestLanguage(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		env  map[string]string
		want events.Lang
	}{
		{"English without anything", nil, nil, events.English},
		{"the locale", nil, map[string]string{"LANG": "zh_CN.UTF-8"}, events.Chinese},
		{"LC_ALL wins", nil, map[string]string{"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, events.English},
		{"LC_MESSAGES before LANG", nil, map[string]string{"LANG": "en_US", "LC_MESSAGES": "zh_TW"}, events.Chinese},
		{"an empty variable counts as unset", nil, map[string]string{"LC_ALL": "", "LANG": "zh"}, events.Chinese},
		{"the flag wins", []string{"gaps", "--lang", "en"}, map[string]string{"LANG": "zh_CN"}, events.English},
		{"the flag with an equals sign", []string{"--lang=zh", "gaps"}, nil, events.Chinese},
		{"after -- nothing is a flag", []string{"emit", "--", "--lang=zh"}, nil, events.English},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := language(tt.args, func(name string) string { return tt.env[name] }); got != tt.want {
				t.Errorf("language(%q, %v) = %s, want %s", tt.args, tt.env, got, tt.want)
			}
		})
	}
}

func TestWrongUsage(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"gap"}, `kaohe: no command "gap"; did you mean "gaps"?`},
		{[]string{"xyzzyx"}, `kaohe: no command "xyzzyx"; there are:`},
		{[]string{"gaps", "--quarte", "2018Q1"}, "kaohe: no flag --quarte"},
		{[]string{"gaps", "--quarter"}, "kaohe: flag --quarter lacks a value"},
		{[]string{"gaps", "-o", "xml"}, `kaohe: flag --output cannot be "xml", expected table|json|csv`},
		{[]string{"gaps", "--lang", "fr"}, `kaohe: flag --lang cannot be "fr", expected zh|en`},
		{[]string{"gaps", "extra"}, `kaohe: unexpected argument "extra"`},
		{[]string{"gaps", "--server", "ftp://x"}, `kaohe: "ftp://x" is not the address of a server`},
		{[]string{"emit"}, "kaohe: the type of event is missing"},
		{[]string{"emit", "PatentGranted", "kind"}, `kaohe: "kind" is not key=value`},
		{[]string{"emit", "PatentGranted", "--nth", "x"}, `kaohe: flag --nth cannot be "x", expected a whole number`},
		{[]string{"health", "--timeout", "5"}, `kaohe: flag --timeout cannot be "5", expected a length of time such as 3s`},
		{[]string{"init"}, "kaohe: expected one directory"},
		{[]string{"emit", "PatentGranted", "--id", ""}, "kaohe: flag --id is empty; leave it out"},
		{[]string{"emit", "PatentGranted", "--source", " "}, "kaohe: flag --source is empty"},
		{[]string{"emit", "PatentGranted", "note=\xb7"}, `kaohe: argument 3, "note=\xb7", is not UTF-8 text`},
		{[]string{"emit", "PatentGranted", "--id=\xff"}, `kaohe: argument 3, "--id=\xff", is not UTF-8 text`},
		{[]string{"gaps", "--org", ""}, "kaohe: flag --org is empty"},
		{[]string{"void"}, "kaohe: say which event is meant: its position"},
		{[]string{"void", "s"}, "kaohe: say which event is meant"},
		{[]string{"void", "s", "i"}, "kaohe: the reason is missing"},
		{[]string{"void", "1-0"}, "kaohe: the reason is missing"},
		{[]string{"void", "1-0", "--reason", ""}, "kaohe: flag --reason is empty"},
		{[]string{"void", "1-0", "x", "--reason", "r"}, `kaohe: unexpected argument "x"`},
		{[]string{"void", "s", "i", "--id", ""}, "kaohe: flag --id is empty"},
		{[]string{"correct", "s", "i", "--reason", "r"}, "kaohe: say what changes: key=value"},
		{[]string{"correct", "1-0", "--reason", "r"}, "kaohe: say what changes"},
		{[]string{"correct", "1-0", "kind=design"}, "kaohe: the reason is missing"},
		{[]string{"correct", "s", "i", "kind", "--reason", "r"}, `kaohe: "kind" is not key=value`},
		{[]string{"nil"}, "kaohe: expected one indicator or type of event"},
		{[]string{"nil", "conversions"}, "kaohe: the quarter is missing"},
		{[]string{"nil", "conversions", "--quarter", "2018"}, `kaohe: flag --quarter cannot be "2018", expected a quarter`},
		{[]string{"close"}, "kaohe: expected one quarter, such as kaohe close 2018Q1"},
		{[]string{"close", "2018Q5", "--reason", "r"}, `kaohe: "2018Q5" is not a quarter`},
		{[]string{"close", "2018Q1"}, "kaohe: the reason is missing"},
		{[]string{"close", "2018Q1", "--reason", "r", "--cutoff", ""}, "kaohe: flag --cutoff is empty"},
		{[]string{"restated"}, "kaohe: expected one quarter, such as kaohe restated 2018Q1"},
		{[]string{"restated", "2018Q5"}, `kaohe: "2018Q5" is not a quarter`},
		{[]string{"restated", "2018Q1", "--org", ""}, "kaohe: flag --org is empty"},
		{[]string{"gaps", "--plan", "now"}, `kaohe: flag --plan cannot be "now", expected then|current`},
		{[]string{"gaps", "--known-at", ""}, "kaohe: flag --known-at is empty"},
		{[]string{"targets", "extra"}, `kaohe: unexpected argument "extra"`},
		{[]string{"targets", "--year", ""}, "kaohe: flag --year is empty"},
		{[]string{"check", "a", "b"}, `kaohe: unexpected argument "b"`},
		{[]string{"serve", "--as-of", "2018-02-30"}, `kaohe: flag --as-of cannot be "2018-02-30", expected a day`},
		{[]string{"serve", "--listen", "0.0.0.0:8470"}, `kaohe: listen address "0.0.0.0:8470": not a loopback address`},
		{[]string{"serve", "--listen", ":8470"}, "not a loopback address"},
		{[]string{"serve", "--listen", "8470"}, "expected host:port"},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			code, stdout, stderr := invoke(t, nil, tt.args...)
			if code != exitUsage || stdout != "" || !strings.Contains(stderr, tt.want) {
				t.Errorf("exit %d, stdout %q, stderr %q, want exit %d and %q", code, stdout, stderr, exitUsage, tt.want)
			}
		})
	}
}

func TestUnreachableServerNamesAddressAndWayOut(t *testing.T) {
	env := map[string]string{"KAOHE_SERVER": "127.0.0.1:1"}
	for _, args := range [][]string{
		{"gaps"}, {"emit", "PatentGranted"}, {"emit", "--list"}, {"void", "1-0", "--reason", "r"}, {"correct", "s", "i", "k=v", "--reason", "r"}, {"nil", "conversions", "--quarter", "2018Q1"},
		{"close", "2018Q1", "--reason", "r"}, {"restated", "2018Q1"}, {"explain", "conversions"}, {"targets"},
	} {
		code, _, stderr := invoke(t, env, args...)
		if code != exitFailed || !strings.Contains(stderr, "cannot reach http://127.0.0.1:1: ") || !strings.Contains(stderr, "kaohe serve") {
			t.Errorf("%v: exit %d, stderr %q, want exit %d, the address and the way out", args, code, stderr, exitFailed)
		}
	}
}

func TestHelpOfACommand(t *testing.T) {
	_, flag, _ := invoke(t, nil, "gaps", "--help")
	code, command, stderr := invoke(t, nil, "help", "gaps")
	if code != exitDone || stderr != "" || command != flag || !strings.Contains(flag, "kaohe gaps [flags]") {
		t.Errorf("help gaps: exit %d, stderr %q, stdout:\n%s\nwant the same as gaps --help:\n%s", code, stderr, command, flag)
	}
	if code, _, stderr := invoke(t, nil, "help", "gap"); code != exitUsage || !strings.Contains(stderr, `did you mean "gaps"`) {
		t.Errorf("help gap: exit %d, stderr %q, want exit %d and a suggestion", code, stderr, exitUsage)
	}
}

func TestEveryHelpHasExamplesInBothLanguages(t *testing.T) {
	commands := append(commandLines((&cli{lang: events.English, env: func(string) string { return "" }}).root()), nil)
	for _, lang := range []struct{ flag, heading string }{{"zh", "示例:"}, {"en", "Examples:"}} {
		for _, command := range commands {
			code, stdout, stderr := invoke(t, nil, append(command, "--help", "--lang", lang.flag)...)
			if code != exitDone || stderr != "" || !strings.Contains(stdout, lang.heading) || !strings.Contains(stdout, "kaohe ") {
				t.Errorf("%v --help --lang %s: exit %d, stderr %q, stdout:\n%s", command, lang.flag, code, stderr, stdout)
			}
			if lang.flag == "en" && strings.IndexFunc(withoutAmounts(stdout), isHan) >= 0 {
				t.Errorf("%v --help --lang en holds Chinese:\n%s", command, stdout)
			}
		}
	}
}

// commandLines returns the words of all commands that do something, those below others included.
func commandLines(parent *cobra.Command) (lines [][]string) {
	for _, cmd := range parent.Commands() {
		if cmd.Runnable() && !cmd.HasSubCommands() && cmd.Name() != "help" {
			lines = append(lines, strings.Fields(cmd.CommandPath())[1:])
		}
		lines = append(lines, commandLines(cmd)...)
	}
	return lines
}

func TestHelpOfServeListsThePaths(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		_, stdout, _ := invoke(t, nil, "serve", "--help", "--lang", lang)
		for _, path := range []string{"/v1/events", "/v1/scorecard", "/v1/explain", "/v1/targets", "/v1/restatement", "/v1/catalogue", "/v1/events/", "/v1/findings", "/v1/quarantine", "/v1/backfill", "/openapi.json", "/metrics", "/healthz", "/readyz"} {
			if !strings.Contains(stdout, path) {
				t.Errorf("serve --help --lang %s does not tell of %s", lang, path)
			}
		}
	}
}

// withoutAmounts takes out what may stand in an English help: the Chinese words that kaohe understands.
func withoutAmounts(s string) string {
	return strings.NewReplacer("万元", "", "亿", "", "柑橘", "").Replace(s)
}

func isHan(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }

func TestPlainGridAlignsChinese(t *testing.T) {
	widths()
	g := grid{head: []string{"指标", "n"}, right: []bool{false, true}, rows: [][]string{{"科技特派员", "64"}, {"abc", "1840"}}}
	var b bytes.Buffer
	g.write(&b, false, 0)
	want := "指标           n\n科技特派员    64\nabc         1840\n"
	if b.String() != want {
		t.Errorf("plain grid:\n%s\nwant:\n%s", b.String(), want)
	}
}

// TestGridLeavesOutSpareColumns: on a narrow terminal spare columns go, in their order and no more than it takes; the
// others stay even if they do not fit.
func TestGridLeavesOutSpareColumns(t *testing.T) {
	widths()
	g := grid{head: []string{"指标", "科室", "n", "unit"}, right: []bool{false, false, true, false}, spare: []int{1, 3}, rows: [][]string{{"专利", "高新", "1", "件"}}}
	for width, want := range map[int]string{0: "指标 科室 n unit", 23: "指标 科室 n unit", 22: "指标 n unit", 17: "指标 n unit", 16: "指标 n", 1: "指标 n"} {
		if got := strings.Join(g.fit(width, 2).head, " "); got != want {
			t.Errorf("columns within %d = %q, want %q", width, got, want)
		}
	}
	for _, color := range []bool{false, true} {
		var b bytes.Buffer
		g.write(&b, color, 22)
		for _, line := range strings.Split(b.String(), "\n") {
			if w := text.StringWidthWithoutEscSequences(line); w > 22 {
				t.Errorf("colour %v: line of %d columns within 22: %s", color, w, line)
			}
		}
	}
}

func TestNullDeviceIsNoTerminal(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if terminal(f) {
		t.Error("terminal(the null device) = true, want false")
	}
}
