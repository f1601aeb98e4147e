// Command manifests builds a kustomization as kubectl does, and checks what comes out as far as that goes without a cluster:
// each object decodes strictly as its Kubernetes or Prometheus Operator type, pods are such as the profile "restricted" lets
// run, and names that refer to each other within the manifests do meet.
//
//	go run ./manifests ../../deploy/kubernetes
//
// It cannot say what a cluster does with them: admission, storage, network and the operator itself are not here.
package main

import (
	"fmt"
	"os"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// kinds are the types that there may be, by apiVersion and kind. What is not here is refused, as nobody would check it.
var kinds = map[string]func() any{
	"v1 ConfigMap":                            func() any { return new(core.ConfigMap) },
	"v1 Namespace":                            func() any { return new(core.Namespace) },
	"v1 Service":                              func() any { return new(core.Service) },
	"v1 ServiceAccount":                       func() any { return new(core.ServiceAccount) },
	"apps/v1 StatefulSet":                     func() any { return new(apps.StatefulSet) },
	"policy/v1 PodDisruptionBudget":           func() any { return new(policy.PodDisruptionBudget) },
	"networking.k8s.io/v1 NetworkPolicy":      func() any { return new(networking.NetworkPolicy) },
	"monitoring.coreos.com/v1 ServiceMonitor": func() any { return new(monitoring.ServiceMonitor) },
	"monitoring.coreos.com/v1 PrometheusRule": func() any { return new(monitoring.PrometheusRule) },
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: manifests DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "manifests:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return err
	}
	var objects []any
	for _, r := range built.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%s %s %s", r.GetApiVersion(), r.GetKind(), r.GetName())
		object, err := decode(text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if r.GetKind() != "Namespace" && r.GetNamespace() == "" {
			return fmt.Errorf("%s: it has no namespace", name)
		}
		fmt.Println("  " + name)
		objects = append(objects, object)
	}
	return newWorld(objects).check()
}

// decode reads an object as its type, and refuses a field that the type does not have.
func decode(text []byte) (any, error) {
	var is meta.TypeMeta
	if err := yaml.Unmarshal(text, &is); err != nil {
		return nil, err
	}
	make, known := kinds[is.APIVersion+" "+is.Kind]
	if !known {
		return nil, fmt.Errorf("not among the kinds that are checked")
	}
	object := make()
	return object, yaml.UnmarshalStrict(text, object)
}
