{
    "name": "After-Sales Training Credit (example)",
    "version": "19.0.1.0.0",
    "summary": "Example of the developer's guide: plans include training sessions",
    "author": "After-Sales Suite",
    "license": "LGPL-3",
    "category": "Services/After-Sales",
    "depends": ["aftersales_plans"],
    "data": [
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "data/aftersales_cause_data.xml",
        "views/aftersales_training_views.xml",
        "views/aftersales_terms_views.xml",
    ],
}
