package app_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestLargeAnswersAreCompressed for who takes that, and for nobody else.
func TestLargeAnswersAreCompressed(t *testing.T) {
	a := mustStart(t, options(t, t.TempDir()))
	mustPost(t, a, demoLines(t))
	for _, tt := range []struct {
		name, method, path, accept string
		packed                     bool
	}{
		{"a large one", "GET", "/v1/scorecard?at_least=end", "gzip", true},
		{"as a browser asks", "GET", "/openapi.json", "gzip, deflate, br, zstd", true},
		{"metrics, which compress themselves", "GET", "/metrics", "gzip", true},
		{"a small one", "GET", "/v1/quarantine", "gzip", false},
		{"a problem", "GET", "/v1/scorecard?quarter=1", "gzip", false},
		{"not asked for", "GET", "/v1/scorecard?at_least=end", "identity", false},
		{"refused", "GET", "/v1/scorecard?at_least=end", "gzip;q=0", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), tt.method, a.URL()+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept-Encoding", tt.accept) // the client does not unpack what it was not left to ask for
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if packed := resp.Header.Get("Content-Encoding") == "gzip"; packed != tt.packed || !strings.Contains(strings.Join(resp.Header.Values("Vary"), ","), "Accept-Encoding") {
				t.Errorf("headers %v, want compressed %v", resp.Header, tt.packed)
			}
			var body io.Reader = resp.Body
			if tt.packed {
				if body, err = gzip.NewReader(body); err != nil {
					t.Fatal(err)
				}
			}
			read, err := io.ReadAll(body)
			if err != nil || len(read) == 0 || !strings.ContainsAny(string(read[:1]), "{[#") {
				t.Errorf("%d bytes, %v: %.40s", len(read), err, read)
			}
		})
	}
}
