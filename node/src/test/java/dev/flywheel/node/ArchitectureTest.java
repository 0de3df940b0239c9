package dev.flywheel.node;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The table of modules in ARCHITECTURE.md, held by the class files themselves. */
class ArchitectureTest {
    private static JavaClasses all;

    @BeforeAll
    static void importClasses() {
        all =
                new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.flywheel");
    }

    @Test
    void shouldDependOnlyAsTheTableOfModulesSays() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.flywheel..")
                .layer("bindings")
                .definedBy("dev.flywheel.wasmtime..", "dev.flywheel.linux..")
                .layer("protocol")
                .definedBy("dev.flywheel.protocol..")
                .layer("platform")
                .definedBy("dev.flywheel.platform..")
                .layer("cu")
                .definedBy("dev.flywheel.cu..")
                .layer("scheduler")
                .definedBy("dev.flywheel.scheduler..")
                .layer("messenger")
                .definedBy("dev.flywheel.messenger..")
                .layer("node")
                .definedBy("dev.flywheel.node..")
                .whereLayer("node")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("cu")
                .mayOnlyBeAccessedByLayers("node")
                .whereLayer("scheduler")
                .mayOnlyBeAccessedByLayers("node")
                .whereLayer("messenger")
                .mayOnlyBeAccessedByLayers("node")
                .whereLayer("bindings")
                .mayOnlyBeAccessedByLayers("cu", "node")
                .whereLayer("platform")
                .mayOnlyBeAccessedByLayers("cu", "scheduler", "messenger", "node")
                .whereLayer("protocol")
                .mayOnlyBeAccessedByLayers("platform", "cu", "scheduler", "messenger", "node")
                .withOptionalLayers(true)
                .check(all);
    }

    @Test
    void shouldTouchForeignMemoryOnlyInTheBindingsAndTheHostAbi() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.flywheel.wasmtime..",
                        "dev.flywheel.linux..",
                        "dev.flywheel.cu..",
                        "dev.flywheel.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(all);
        noClasses()
                .that(resideInAnyPackage("dev.flywheel.cu..", "dev.flywheel.protocol.."))
                .should()
                .dependOnClassesThat(
                        resideInAPackage("java.lang.foreign..")
                                .and(
                                        com.tngtech.archunit.base.DescribedPredicate.describe(
                                                "call native code",
                                                type ->
                                                        type.getSimpleName().equals("Linker")
                                                                || type.getSimpleName()
                                                                        .equals("SymbolLookup")
                                                                || type.getSimpleName()
                                                                        .equals(
                                                                                "FunctionDescriptor"))))
                .check(all);
    }

    @Test
    void shouldUseTheHttpServerOnlyInThePlatform() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.flywheel.platform..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.undertow..", "org.xnio..", "org.sqlite..")
                .check(all);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.flywheel.platform..")
                .should()
                .dependOnClassesThat(
                        type(java.net.http.HttpClient.class)
                                .or(type(java.sql.DriverManager.class))
                                .or(type(java.sql.Connection.class)))
                .check(all);
    }

    @Test
    void shouldHaveNoPackageNamedAfterNothing() {
        classes()
                .should()
                .resideOutsideOfPackages(
                        "..util..",
                        "..utils..",
                        "..helper..",
                        "..helpers..",
                        "..common..",
                        "..impl..")
                .check(all);
    }
}
