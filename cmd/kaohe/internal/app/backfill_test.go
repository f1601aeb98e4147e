package app_test

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/indicators/metrics"
)

// backfilled asks for history and returns the samples of a series, "value time" by value, as they stand there.
func backfilled(tb testing.TB, a *app.App, query, series string) []string {
	tb.Helper()
	status, body := get(tb, a, "/v1/backfill?label=instance=&label=job=&"+query)
	if status != http.StatusOK || !strings.HasSuffix(body, "# EOF\n") {
		tb.Fatalf("GET /v1/backfill?%s = %d: %.300s", query, status, body)
	}
	var list []string
	for _, m := range regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(series)+` (.*)$`).FindAllStringSubmatch(body, -1) {
		list = append(list, m[1])
	}
	return list
}

func same(tb testing.TB, what string, got []string, want ...string) {
	tb.Helper()
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		tb.Errorf("%s: %q, want %q", what, got, want)
	}
}

const trainings = `kaohe_indicator_value{indicator="envoy_trainings",org="450703",span="quarter"}`

// TestBackfillOfTheSeed: the envoy trainings are 0 until 27 February 2018 and 9 from the 28th, at midnight in China.
func TestBackfillOfTheSeed(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	mustPost(t, a, demoLines(t))
	same(t, "as known now", backfilled(t, a, "from=2018-02-26&to=2018-03-01", trainings),
		"0.0 1519574400", "0.0 1519660800", "9.0 1519747200", "9.0 1519833600")
	same(t, "until the day before the business date", backfilled(t, a, "from=2018-03-29", trainings), "9.0 1522252800", "9.0 1522339200")
	same(t, "of another indicator", backfilled(t, a, "from=2018-03-29&indicator=conversions", trainings))
	same(t, "before anything was recorded", backfilled(t, a, "from=2018-03-29&known=then", trainings))
}

// TestBackfillIsTheScrape: the last day of a backfill is what a scrape says now, series by series.
func TestBackfillIsTheScrape(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	mustPost(t, a, demoLines(t))
	_, past := get(t, a, "/v1/backfill?label=instance=&label=job=&from=2018-03-31&to=2018-03-31")
	_, now := get(t, a, "/metrics")
	own := regexp.MustCompile(`(?m)^kaohe_(indicator|quarter|year|org|units|series|business|report|plan_info)[a-z_]*(\{.*\})? `)
	offered := map[string]bool{}
	for _, series := range own.FindAllString(now, -1) {
		offered[series] = true
	}
	found := regexp.MustCompile(`(?m)^kaohe_[a-z_]*(\{.*\})? `).FindAllString(past, -1)
	for _, series := range found {
		if !offered[series] {
			t.Errorf("not scraped: %s", series)
		}
	}
	if len(found) != len(offered) || len(found) < 500 {
		t.Errorf("%d series, %d are scraped", len(found), len(offered))
	}
}

// TestBackfillOfWhatWasKnown: facts count from the day on which they were recorded, which is today, by the plan in force or
// by today's.
func TestBackfillOfWhatWasKnown(t *testing.T) {
	opts := options(t, t.TempDir())
	opts.AsOf, opts.Now = 0, time.Now
	a := mustStart(t, opts)
	before := a.Today()
	mustPost(t, a, demoLines(t))
	const requested = `kaohe_indicator_events{indicator="invention_patents_granted",org="450703",span="year"}`
	for _, plan := range []string{"then", "current"} {
		got := backfilled(t, a, "known=then&plan="+plan+"&from="+(before-3).String()+"&to="+before.String(), requested)
		if after := a.Today(); after == before {
			same(t, "as known then, by the plan "+plan, got, "0.0 "+strconv.FormatInt(metrics.Began(before, a.Plan().Zone).Unix(), 10))
		}
	}
}

func TestBackfillLabels(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	for query, want := range map[string]string{
		"":                          `{instance="` + a.Addr() + `",job="kaohe"}`,
		"&label=instance=kaohe:443": `{instance="kaohe:443",job="kaohe"}`,
		"&label=instance=&label=region=%22South%22": `{job="kaohe",region="\"South\""}`,
	} {
		_, body := get(t, a, "/v1/backfill?from=2018-03-31&to=2018-03-31"+query)
		if !strings.Contains(body, "\nkaohe_quarter_remaining_seconds"+want+" 0.0 1522425600\n") {
			t.Errorf("%q: no series with %s", query, want)
		}
	}
}

func TestBackfillRefuses(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	for query, want := range map[string]string{
		"":                                                       `from: expected a day from 1990-01-01 to the business date, 2018-03-31, got ""`,
		"from=2018-02-30":                                        `got "2018-02-30"`,
		"from=1989-12-31":                                        "a day from 1990-01-01",
		"from=2018-03-01&to=2018-04-01":                          "to: expected a day from 1990-01-01 to the business date, 2018-03-31",
		"from=2018-03-31":                                        "from: expected a day not after to, 2018-03-30",
		"from=2008-03-01":                                        "from: expected at most 3,660 days",
		"from=2018-03-01&from=2018-03-02":                        "from: expected it once",
		"from=2018-03-01&until=2018-03-02":                       "until: expected one of the parameters from, indicator, known",
		"from=2018-03-01&known=later":                            "known: expected now",
		"from=2018-03-01&known=then&plan=x":                      "plan: expected then",
		"from=2018-03-01&plan=then":                              "plan: expected it together with known=then",
		"from=2018-03-01&label=x":                                "label: expected name=value",
		"from=2018-03-01&label=__name__=x":                       "label: expected name=value",
		"from=2018-03-01&label=a=x&label=a=y":                    "label: expected name=value",
		"from=2018-03-01&label=a=%FF":                            "label: expected name=value",
		"from=2018-03-01&label=org=x":                            `label: expected a label that no series has itself, got "org"`,
		"from=2018-03-01&org=1":                                  "org: expected the code of a unit",
		"from=2018-03-01&indicator=1":                            "indicator: expected the id of an indicator",
		"from=2018-03-01" + manyLabels(16):                       "label: expected at most 16 labels",
		"from=2018-03-01&" + strings.Repeat("org=450703&", 1001): "org: expected it at most 1,000 times",
	} {
		status, body := get(t, a, "/v1/backfill?"+query)
		var said string
		if i := strings.Index(body, `"detail": "`); i >= 0 {
			said = strings.ReplaceAll(body[i:], `\"`, `"`)
		}
		if status != http.StatusBadRequest || !strings.Contains(said, want) {
			t.Errorf("%.80s: status %d, %.300s, want %q", query, status, body, want)
		}
	}
}

func manyLabels(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("&label=l" + strings.Repeat("x", i) + "=1")
	}
	return b.String()
}

// TestBackfillsOneAtATime: who comes while one is made is asked to come again, and a day that holds too much is refused.
func TestBackfillsOneAtATime(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	release := a.OccupyBackfill()
	if status, body := get(t, a, "/v1/backfill?from=2018-03-01"); status != http.StatusServiceUnavailable || !strings.Contains(body, "one is made at a time") {
		t.Errorf("a second one: status %d, %s", status, body)
	}
	release()
	if status, _ := get(t, a, "/v1/backfill?from=2018-03-01"); status != http.StatusOK {
		t.Errorf("after the first: status %d", status)
	}
	a.BoundBackfill(10)
	if status, body := get(t, a, "/v1/backfill?from=2018-03-01"); status != http.StatusUnprocessableEntity || !strings.Contains(body, `"too_much"`) {
		t.Errorf("too much: status %d, %s", status, body)
	}
}

// TestBackfillWhileStopping: who asks as the daemon ends is not told that something is wrong with the log.
func TestBackfillWhileStopping(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	a.EndBackfills()
	status, body := get(t, a, "/v1/backfill?from=2018-03-01")
	if status != http.StatusServiceUnavailable || !strings.Contains(body, "The server is stopping.") {
		t.Errorf("status %d, %s", status, body)
	}
}

// TestBackfillHead answers without the days.
func TestBackfillHead(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	answer := sent(a.Handler(), http.MethodHead, "/v1/backfill?from=2018-03-01", "")
	if answer.status != http.StatusOK || len(answer.body) > 0 || !strings.HasPrefix(answer.header.Get("Content-Type"), "application/openmetrics-text; version=1.0.0") {
		t.Errorf("%s", answer)
	}
}

// TestStoppingEndsBackfills: a daemon that stops waits for no backfill that nobody reads, and what came of it has no end.
func TestStoppingEndsBackfills(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	mustPost(t, a, demoLines(t))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.URL()+"/v1/backfill?from=2017-12-01", nil) // far more than a connection holds
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadFull(resp.Body, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	go func() { stopped <- a.Stop(ctx) }()
	<-a.Stopping().Done()
	rest, err := io.ReadAll(resp.Body)
	if err == nil && strings.HasSuffix(string(rest), "# EOF\n") {
		t.Error("the answer came to its end")
	}
	if err := <-stopped; err != nil {
		t.Errorf("Stop() = %v", err)
	}
}
