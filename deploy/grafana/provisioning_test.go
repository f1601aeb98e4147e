package grafana_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

type datasources struct {
	APIVersion  int `yaml:"apiVersion"`
	Datasources []struct {
		Name           string            `yaml:"name"`
		UID            string            `yaml:"uid"`
		Type           string            `yaml:"type"`
		Access         string            `yaml:"access"`
		URL            string            `yaml:"url"`
		IsDefault      bool              `yaml:"isDefault"`
		Editable       bool              `yaml:"editable"`
		BasicAuth      string            `yaml:"basicAuth"`
		BasicAuthUser  string            `yaml:"basicAuthUser"`
		JSONData       map[string]any    `yaml:"jsonData"`
		SecureJSONData map[string]string `yaml:"secureJsonData"`
	} `yaml:"datasources"`
}

type providers struct {
	APIVersion int `yaml:"apiVersion"`
	Providers  []struct {
		Name            string            `yaml:"name"`
		Type            string            `yaml:"type"`
		Folder          string            `yaml:"folder"`
		FolderUID       string            `yaml:"folderUid"`
		AllowUIUpdates  bool              `yaml:"allowUiUpdates"`
		DisableDeletion bool              `yaml:"disableDeletion"`
		Interval        int               `yaml:"updateIntervalSeconds"`
		Options         map[string]string `yaml:"options"`
	} `yaml:"providers"`
}

// fromEnv is a value that Grafana takes from its environment.
var fromEnv = regexp.MustCompile(`^\$\{KAOHE_[A-Z_]+\}$`)

func TestDatasource(t *testing.T) {
	var file datasources
	mustReadYAML(t, "provisioning/datasources/kaohe.yaml", &file)
	if file.APIVersion != 1 || len(file.Datasources) != 1 {
		t.Fatalf("apiVersion %d with %d datasources, want 1 with one", file.APIVersion, len(file.Datasources))
	}
	d := file.Datasources[0]
	if d.UID != "kaohe-prometheus" || d.Type != "prometheus" || d.Access != "proxy" || d.Editable {
		t.Errorf("got %+v, want the fixed uid kaohe-prometheus, asked by the server and not editable", d)
	}
	if got := d.JSONData["httpMethod"]; got != "POST" {
		t.Errorf("httpMethod = %v, want POST: long expressions do not fit into a URL", got)
	}
	if got, want := d.JSONData["timeInterval"], scrapeInterval(t); got != want {
		t.Errorf("timeInterval = %v, want %v, how often Prometheus scrapes", got, want)
	}
	for name, value := range map[string]string{
		"url": d.URL, "basicAuth": d.BasicAuth, "basicAuthUser": d.BasicAuthUser, "basicAuthPassword": d.SecureJSONData["basicAuthPassword"],
	} {
		if !fromEnv.MatchString(value) {
			t.Errorf("%s = %q, want it from the environment", name, value)
		}
	}
	for name, value := range d.SecureJSONData {
		if !fromEnv.MatchString(value) {
			t.Errorf("the secret %s stands in the file", name)
		}
	}
}

// The dashboards name the datasource that is provisioned before anybody has chosen one.
func TestDashboardsBeginWithTheDatasource(t *testing.T) {
	for _, d := range mustWorld(t).boards {
		for _, v := range d.Templating.List {
			if got := string(v.Current.Value); v.Name == "datasource" && got != `"kaohe-prometheus"` {
				t.Errorf("%s begins with the datasource %s, want kaohe-prometheus", d.File, got)
			}
		}
	}
}

func TestProvider(t *testing.T) {
	var file providers
	mustReadYAML(t, "provisioning/dashboards/kaohe.yaml", &file)
	if file.APIVersion != 1 || len(file.Providers) != 1 {
		t.Fatalf("apiVersion %d with %d providers, want 1 with one", file.APIVersion, len(file.Providers))
	}
	p := file.Providers[0]
	if p.Type != "file" || p.AllowUIUpdates || !p.DisableDeletion || p.FolderUID == "" {
		t.Errorf("got %+v, want files, without updates on the page and without deletion, in a folder with a fixed uid", p)
	}
	if !fromEnv.MatchString(p.Options["path"]) {
		t.Errorf("path = %q, want it from the environment", p.Options["path"])
	}
}

// A comment that explains a variable which nobody reads, or none where one is read, misleads whoever installs it.
func TestProvisioningExplainsItsEnvironment(t *testing.T) {
	for _, file := range []string{"provisioning/datasources/kaohe.yaml", "provisioning/dashboards/kaohe.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var comments, rest strings.Builder
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(strings.TrimSpace(line), "#") {
				comments.WriteString(line)
			} else {
				rest.WriteString(line)
			}
		}
		name := regexp.MustCompile(`KAOHE_[A-Z_]+`)
		for _, found := range name.FindAllString(rest.String(), -1) {
			if !strings.Contains(comments.String(), found) {
				t.Errorf("%s does not say what %s is", file, found)
			}
		}
		for _, found := range name.FindAllString(comments.String(), -1) {
			if !strings.Contains(rest.String(), found) {
				t.Errorf("%s explains %s and does not read it", file, found)
			}
		}
	}
}

func scrapeInterval(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../prometheus/prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Global struct {
			ScrapeInterval string `yaml:"scrape_interval"`
		} `yaml:"global"`
	}
	if err := yaml.Unmarshal(text, &config); err != nil || config.Global.ScrapeInterval == "" {
		t.Fatalf("prometheus.yml has no scrape_interval: %v", err)
	}
	return config.Global.ScrapeInterval
}

// mustReadYAML reads a file strictly: a key that Grafana would pass over is a mistake.
func mustReadYAML(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(text, into, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
