package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/indicators"
)

// pages is a server that explains a figure of three events, one a page whatever it is asked for, and keeps the questions.
// The figure of page changed is another one.
func pages(t *testing.T, changed int, asked *[]url.Values) *httptest.Server {
	positions := []string{"1-0", "2-0", "3-0"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		*asked = append(*asked, q)
		page := 0
		for page < len(positions) && positions[page] <= q.Get("after") {
			page++
		}
		sum := indicators.NewNumber(3, 0)
		if page == changed {
			sum = indicators.NewNumber(4, 0)
		}
		x := indicators.Explanation{
			Org: "450703", Quarter: demoQuarter, AsOf: "2018-03-31", Span: indicators.SpanQuarter, Consistent: true, Figure: &indicators.Figure{}, Arithmetic: []indicators.Step{},
			Value: &indicators.Part{Role: indicators.RoleValue, Sum: sum, Value: sum, Consistent: true, Counted: 3, Events: []indicators.EvidenceRow{{Position: positions[page]}}},
		}
		if page+1 < len(positions) {
			x.Next = positions[page]
		}
		_ = json.NewEncoder(w).Encode(&x)
	}))
	t.Cleanup(server.Close)
	return server
}

// TestExplainAll: pages are as large as they may be, all of one day, and one answer in the end.
func TestExplainAll(t *testing.T) {
	for _, tt := range []struct {
		name  string
		args  []string
		limit string
	}{
		{"the largest page", nil, "10000"},
		{"pages of a size that was asked for", []string{"--limit", "1"}, "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked []url.Values
			server := pages(t, -1, &asked)
			code, stdout, stderr := invoke(t, nil, append([]string{"explain", "a", "--all", "-o", "json", "--server", server.URL}, tt.args...)...)
			var x indicators.Explanation
			if err := json.Unmarshal([]byte(stdout), &x); err != nil || code != exitDone || x.Value == nil {
				t.Fatalf("exit %d, %v: %s%s", code, err, stdout, stderr)
			}
			var listed []string
			for _, e := range x.Value.Events {
				listed = append(listed, e.Position)
			}
			if diff := cmp.Diff([]string{"1-0", "2-0", "3-0"}, listed); diff != "" || x.Next != "" {
				t.Errorf("events (-want +got):\n%s\nnext %q", diff, x.Next)
			}
			first := url.Values{"at_least": {"end"}, "indicator": {"a"}, "span": {"quarter"}, "limit": {tt.limit}}
			then := func(after string) url.Values {
				return url.Values{
					"at_least": {"end"}, "indicator": {"a"}, "span": {"quarter"}, "limit": {tt.limit}, "quarter": {"2018Q1"}, "as_of": {"2018-03-31"}, "after": {after},
				}
			}
			if diff := cmp.Diff([]url.Values{first, then("1-0"), then("2-0")}, asked); diff != "" {
				t.Errorf("questions (-want +got):\n%s", diff)
			}
		})
	}
}

// TestExplainWithoutAllIsOnePage, passed on as it came.
func TestExplainWithoutAllIsOnePage(t *testing.T) {
	var asked []url.Values
	server := pages(t, -1, &asked)
	code, stdout, _ := invoke(t, nil, "explain", "a", "-o", "json", "--server", server.URL)
	if code != exitDone || len(asked) != 1 || asked[0].Get("limit") != "1000" || !strings.Contains(stdout, `"next":"1-0"`) {
		t.Errorf("exit %d after %v: %s", code, asked, stdout)
	}
}

func TestExplainAllSaysWhenFiguresChangeMeanwhile(t *testing.T) {
	var asked []url.Values
	server := pages(t, 1, &asked)
	code, stdout, stderr := invoke(t, nil, "explain", "a", "--all", "--lang", "en", "--server", server.URL)
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "something was recorded while the pages were read") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
